"""Tell what kind of mail a message is: by its structure first, then by its header, then by words."""

from watcher.reader.recognise.kinds import recognise


__all__ = ["recognise"]
