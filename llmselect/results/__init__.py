"""What commands answer: frozen records, which renderers write and Python reads."""
