"""Read and file the mail of IMAP mailboxes: one connection a thread, nothing kept between sessions."""
