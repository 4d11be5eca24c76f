"""What all screens and the API share: who may ask, languages, words, formats, headers."""
