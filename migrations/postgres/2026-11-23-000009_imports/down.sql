DROP TABLE exports;
DROP TABLE import_made;
DROP TABLE import_fixes;
DROP TABLE import_rows;
DROP TABLE imports;
