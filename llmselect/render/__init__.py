"""One result in, text out: tables for people, Markdown, JSON and CSV."""
