"""The probe of llama.cpp: files of random weights, the runtime that times them, and rates from its timings."""
