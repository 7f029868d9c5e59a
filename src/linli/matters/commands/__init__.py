"""Everything that changes matters."""

from linli.matters.commands.clockwork import reckon_all, settle_vacant, tick_due, tick_matter
from linli.matters.commands.installing import install_kinds
from linli.matters.commands.moving import move_matter, undo_move
from linli.matters.commands.opening import open_matter
from linli.matters.commands.photographs import sweep, upload_photo

__all__ = [
    "install_kinds",
    "move_matter",
    "open_matter",
    "reckon_all",
    "settle_vacant",
    "sweep",
    "tick_due",
    "tick_matter",
    "undo_move",
    "upload_photo",
]
