"""The torch probe: times small decoders on the machine and derives what speeds of torch-like runtimes rest on."""
