DROP TABLE recent_records;
DROP TABLE search_pieces;
DROP TABLE search_words;
CREATE VIRTUAL TABLE search_words USING fts5 (words, content = '', contentless_delete = 1, prefix = '2 3');
