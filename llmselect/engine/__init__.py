"""From requirements and a catalogue to a ranked, explained recommendation."""
