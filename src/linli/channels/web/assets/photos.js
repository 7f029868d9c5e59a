// Photos: seen at once, made smaller on the phone where it can, sent one after another while the sentence is being written.

const LONGEST = 2048; // pixels: enough to see a crack, a tenth of the bytes
const QUALITY = 0.85;
const queue = [];
let sending = false;

export function sendPhotos(piece) {
  for (const box of piece.querySelectorAll("[data-photos]")) {
    if (box.dataset.ready) continue;
    box.dataset.ready = "yes";
    box.querySelector("input[type=file]").addEventListener("change", (event) => take(box, event.target));
    box.addEventListener("click", (event) => {
      const tile = event.target.closest(".photo-tile");
      if (event.target.closest("[data-remove]")) remove(box, tile);
      if (event.target.closest("[data-again]")) again(tile);
    });
  }
}

export function photosUnderWay(form) {
  return sending && Boolean(form.querySelector(".photo-tile progress:not([hidden])"));
}

function take(box, input) {
  const room = Number(box.dataset.most) - box.querySelectorAll(".photo-tile").length;
  const files = [...input.files];
  input.value = "";
  for (const file of files.slice(0, room)) {
    const tile = box.querySelector("template").content.firstElementChild.cloneNode(true);
    tile.querySelector("img").src = URL.createObjectURL(file);
    tile.photo = { box, file };
    box.querySelector(".photo-add").before(tile);
    queue.push(tile);
  }
  if (files.length > room) say(box, "tooMany", true);
  refresh(box);
  next();
}

async function next() {
  if (sending) return;
  const tile = queue.shift();
  if (!tile) return;
  sending = true;
  if (tile.isConnected) await send(tile);
  sending = false;
  if (queue.length === 0) document.dispatchEvent(new Event("photos-sent"));
  next();
}

async function send(tile) {
  const { box, file } = tile.photo;
  const bar = tile.querySelector("progress");
  try {
    const id = await post(box, await smaller(file), (share) => { bar.value = share * 100; });
    const field = Object.assign(document.createElement("input"), { type: "hidden", name: box.dataset.photos, value: id });
    tile.append(field);
    bar.hidden = true;
    say(box, "sent");
  } catch {
    bar.hidden = true;
    tile.querySelector("[data-again]").hidden = false;
  }
}

function post(box, blob, progress) {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    const body = new FormData();
    body.append("photo", blob, blob.name || "photo.jpg");
    request.open("POST", box.dataset.send);
    request.setRequestHeader("X-CSRFToken", box.closest("form").querySelector("[name=csrfmiddlewaretoken]").value);
    request.upload.onprogress = (event) => event.lengthComputable && progress(event.loaded / event.total);
    request.onload = () => (request.status < 300 ? done(JSON.parse(request.responseText).id) : failed(request.status));
    request.onerror = request.ontimeout = failed;
    request.timeout = 120000;
    request.send(body);
  });
}

// The same picture with no side longer than LONGEST. What the browser cannot read (HEIC) goes as it is: the server can.
async function smaller(file) {
  try {
    const picture = await createImageBitmap(file);
    const scale = LONGEST / Math.max(picture.width, picture.height);
    if (scale >= 1 && file.size < 1024 * 1024) return file;
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * Math.min(scale, 1));
    canvas.height = Math.round(picture.height * Math.min(scale, 1));
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    return await new Promise((done) => canvas.toBlob((blob) => done(blob || file), "image/jpeg", QUALITY));
  } catch {
    return file;
  }
}

function remove(box, tile) {
  tile.remove();
  say(box, "removed");
  refresh(box);
  box.querySelector("input[type=file]").focus();
}

function again(tile) {
  tile.querySelector("[data-again]").hidden = true;
  tile.querySelector("progress").hidden = false;
  queue.push(tile);
  next();
}

function refresh(box) {
  box.querySelector(".photo-add").hidden = box.querySelectorAll(".photo-tile").length >= Number(box.dataset.most);
}

function say(box, what, seen = false) {
  const news = box.querySelector("[data-photo-news]");
  news.textContent = news.dataset[what];
  news.classList.toggle("visually-hidden", !seen);
}
