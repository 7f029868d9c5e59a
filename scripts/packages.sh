# Sourced by other scripts. `need_packages NAME...` installs Debian packages when it may, else names them and fails.

need_packages() {
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "installing $*" >&2
        export DEBIAN_FRONTEND=noninteractive
        apt-get update -qq >&2 && apt-get install -y -qq --no-install-recommends "$@" >&2 && return 0
    fi
    echo "Missing: $*. On Debian or Ubuntu, as an administrator:  apt-get install $*" >&2
    return 1
}
