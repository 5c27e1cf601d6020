"""Output formats: blocks as text, Markdown, HTML, CSV and JSON, with escaping for each."""
