DROP TABLE deal_contacts;
DROP TABLE stage_changes;
DROP TABLE stage_totals;
DROP TABLE deals;
DROP TABLE stages;
DROP TABLE pipelines;
