"""Turn any bytes into the values that mail is made of; nothing here raises on odd mail."""
