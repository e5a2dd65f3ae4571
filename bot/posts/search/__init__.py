"""Finding posts by words, in Korean, English and Chinese: queries, words, aliases, ranking and excerpts."""
