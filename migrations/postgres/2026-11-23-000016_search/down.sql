DROP TABLE recent_records;
DROP TABLE search_pieces;
TRUNCATE search_words;
