"""Messages of the real bot as a browser shows them, and the Chromium that shows them."""
