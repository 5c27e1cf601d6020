"""The questionnaire: questions as data, a session of pure steps, and the surfaces that people answer on."""
