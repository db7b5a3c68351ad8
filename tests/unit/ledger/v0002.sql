-- A synthetic ledger as EcoGraph wrote it before migration 0003: a publication and its withdrawal, one waiting, a partner with a token.
BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0002');
CREATE TABLE answer (
	owner TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	fingerprint TEXT NOT NULL, 
	answer TEXT NOT NULL, 
	at VARCHAR(32) NOT NULL, 
	CONSTRAINT pk_answer PRIMARY KEY (owner, "key")
);
CREATE TABLE contribution (
	id VARCHAR(32) NOT NULL, 
	publisher VARCHAR(120) NOT NULL, 
	title TEXT NOT NULL, 
	licence TEXT NOT NULL, 
	source TEXT NOT NULL, 
	sha256 VARCHAR(64), 
	payload BLOB, 
	payload_salt BLOB, 
	payload_digest VARCHAR(64) NOT NULL, 
	submitted_by TEXT NOT NULL, 
	received_at VARCHAR(32) NOT NULL, 
	state VARCHAR(16) NOT NULL, version INTEGER DEFAULT '1' NOT NULL, file_name TEXT DEFAULT '' NOT NULL, options TEXT DEFAULT '{}' NOT NULL, details_digest VARCHAR(64), expires_on VARCHAR(10), renewed_until VARCHAR(10), 
	CONSTRAINT pk_contribution PRIMARY KEY (id)
);
INSERT INTO "contribution" VALUES('8be48fa5df424b349571662ac7a69518','synthetic','Behov fra Ærø','https://creativecommons.org/licenses/by/4.0/','behov.csv','98ff5c47b25c150d9a8f9dce1eefb7e1db0184a7cc2056dc0987615cec4600ef',X'789C2BAECC2BC9482DC94C564804001C1C045D',X'6907908059CB7C96955713B336D9FFEF5FA55C01ECD7492662BA3C0C9984887E','0dff6d459f0c1aaa60600b77141e1d95dadff22b5c42981403f5b5d437534ef0','synthetic/miljø','2026-11-22T09:21:06.922042+00:00','withdrawn',4,'behov.csv','{"mode":"replace"}','3e07f0447a09c1030a3163e3fdda4d4663e72094cdc41db2548a77617f37b4a4',NULL,NULL);
INSERT INTO "contribution" VALUES('037edfe9abe74ad99a79c6e44c43baa6','synthetic','Behov fra Ærø','https://creativecommons.org/licenses/by/4.0/','behov.csv','9e57cc1b618ecf70c6c88a712631184b3d2767b734271374734aaed5fc234908',X'789C2BAECC2BC9482DC94C564802001C1D045E',X'5C8900D0F9A63597DA89F5E450333EE2980255CAFE1062EAF402F0FAAC8493B5','a7ad033be080b387596e3104957dd60115b4f5a89f15258b3d6a70f615d9e9a3','synthetic/miljø','2026-11-22T09:21:06.945462+00:00','submitted',3,'behov.csv','{"mode":"replace"}','9bcc7ad75574365527cf68e368595fa54a59aa6db4704e19df54ac1ce8b81295',NULL,NULL);
CREATE TABLE event (
	id INTEGER NOT NULL, 
	contribution_id VARCHAR(32) NOT NULL, 
	transition VARCHAR(16) NOT NULL, 
	who TEXT NOT NULL, 
	at VARCHAR(32) NOT NULL, 
	why TEXT NOT NULL, 
	revision INTEGER, 
	CONSTRAINT pk_event PRIMARY KEY (id), 
	CONSTRAINT fk_event_contribution_id FOREIGN KEY(contribution_id) REFERENCES contribution (id), 
	CONSTRAINT fk_event_revision FOREIGN KEY(revision) REFERENCES revision (number)
);
INSERT INTO "event" VALUES(1,'8be48fa5df424b349571662ac7a69518','received','synthetic/miljø','2026-11-22T09:21:06.922042+00:00','',1);
INSERT INTO "event" VALUES(2,'8be48fa5df424b349571662ac7a69518','checked','reviewer','2026-11-22T09:21:06.926566+00:00','',1);
INSERT INTO "event" VALUES(3,'8be48fa5df424b349571662ac7a69518','submitted','reviewer','2026-11-22T09:21:06.926566+00:00','',1);
INSERT INTO "event" VALUES(4,'8be48fa5df424b349571662ac7a69518','approved','reviewer','2026-11-22T09:21:06.926566+00:00','ok',1);
INSERT INTO "event" VALUES(5,'8be48fa5df424b349571662ac7a69518','published','reviewer','2026-11-22T09:21:06.934200+00:00','',1);
INSERT INTO "event" VALUES(6,'037edfe9abe74ad99a79c6e44c43baa6','received','synthetic/miljø','2026-11-22T09:21:06.945462+00:00','',NULL);
INSERT INTO "event" VALUES(7,'037edfe9abe74ad99a79c6e44c43baa6','checked','synthetic/miljø','2026-11-22T09:21:06.948176+00:00','',NULL);
INSERT INTO "event" VALUES(8,'037edfe9abe74ad99a79c6e44c43baa6','submitted','synthetic/miljø','2026-11-22T09:21:06.948176+00:00','',NULL);
INSERT INTO "event" VALUES(9,'8be48fa5df424b349571662ac7a69518','withdrawn','reviewer','2026-11-22T09:21:06.958712+00:00','forkert',2);
CREATE TABLE head (
	only BOOLEAN NOT NULL, 
	revision INTEGER NOT NULL, 
	hash VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_head PRIMARY KEY (only)
);
INSERT INTO "head" VALUES(1,2,'5884173f85647a9f4c5f6d12022049f62f7e26dd23bbec70a56ea57dbc5f2ef2');
CREATE TABLE note (
	id VARCHAR(32) NOT NULL, 
	contribution_id VARCHAR(32) NOT NULL, 
	who TEXT NOT NULL, 
	at VARCHAR(32) NOT NULL, 
	words TEXT NOT NULL, 
	CONSTRAINT pk_note PRIMARY KEY (id), 
	CONSTRAINT fk_note_contribution_id FOREIGN KEY(contribution_id) REFERENCES contribution (id)
);
INSERT INTO "note" VALUES('2d7d497fdbeb48aeb301d39227f660b1','037edfe9abe74ad99a79c6e44c43baa6','reviewer','2026-11-22T09:21:06.950664+00:00','Hvad koster det?');
CREATE TABLE partner (
	slug VARCHAR(120) NOT NULL, 
	name TEXT NOT NULL, 
	homepage TEXT NOT NULL, 
	licence TEXT NOT NULL, 
	language VARCHAR(2) NOT NULL, 
	created_at VARCHAR(32) NOT NULL, 
	CONSTRAINT pk_partner PRIMARY KEY (slug)
);
INSERT INTO "partner" VALUES('synthetic','Syntetisk Ærø Kommune','https://example.org/','https://creativecommons.org/licenses/by/4.0/','da','2026-11-22T09:21:06.913112+00:00');
CREATE TABLE personal_node (
	node TEXT NOT NULL, 
	part_id VARCHAR(32) NOT NULL, 
	CONSTRAINT pk_personal_node PRIMARY KEY (node, part_id), 
	CONSTRAINT fk_personal_node_part_id FOREIGN KEY(part_id) REFERENCES personal_part (id)
);
INSERT INTO "personal_node" VALUES('https://w3id.org/ecograph/id/person/example-researcher-1','7dae7dbf54f74f18bbab7099e50b2163');
INSERT INTO "personal_node" VALUES('https://w3id.org/ecograph/id/person/example-researcher-1','2ed043ee10104fe0a6b0d6dc9dbf067f');
CREATE TABLE personal_part (
	id VARCHAR(32) NOT NULL, 
	revision INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	salt BLOB, 
	patch BLOB, 
	digest VARCHAR(64) NOT NULL, 
	erased_by INTEGER, 
	CONSTRAINT pk_personal_part PRIMARY KEY (id), 
	CONSTRAINT fk_personal_part_erased_by FOREIGN KEY(erased_by) REFERENCES revision (number), 
	CONSTRAINT fk_personal_part_revision FOREIGN KEY(revision) REFERENCES revision (number)
);
INSERT INTO "personal_part" VALUES('7dae7dbf54f74f18bbab7099e50b2163',1,0,X'C45E3F83C3C2998C98F8AE75DDC2FBDFBF4C8ADBD0119914D23812A9C4E3DB74',X'785E6DCD410AC2301000C07B5E117A95642DDE44F2087DC1926E9B40930DBB81D6DF2B163DF980614EE6967A6F7A05D82E79F22C0B50E445B025C8133412E50AB463692B392125949848DC18EC87BEE55ED6AA3E7281997186B31FA162A16087C7B3F6443D477BFFC9E170FFCB23D62F0BD61B675EB550393D','e37ea7cc3f98ad6eeb63cc4a64230d58d76565ea897b840f801526f050a77c56',NULL);
INSERT INTO "personal_part" VALUES('2ed043ee10104fe0a6b0d6dc9dbf067f',2,0,X'84B97423F08E8587BD5218698E162C832A67F975DAF90F26588428568CCB3DEC',X'785E6DCD410AC2301000C07B5E117A95642DDE44F2087DC1926E9B40930DBB81D6DF2B163DF980614EC6995BEABDE91560BBE4C9B32C409117C196204FD048942BD08EA5ADE484945062227163B01FFA967B59ABFAC80566C619CE7E848A85821D1ECFDA13F51CEDFD2787C3FD2F8F58BF2C586F5E6647393D','a6994db42aa921dc02440feac144c6cc3977e5a69f830fa54f3b5cda92f4506f',NULL);
CREATE TABLE queued_check (
	node TEXT NOT NULL, 
	revision INTEGER NOT NULL, 
	queued_at VARCHAR(32) NOT NULL, 
	CONSTRAINT pk_queued_check PRIMARY KEY (node)
);
CREATE TABLE revision (
	number INTEGER NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	contribution_id VARCHAR(32), 
	publisher VARCHAR(120) NOT NULL, 
	patch BLOB NOT NULL, 
	patch_digest VARCHAR(64) NOT NULL, 
	published_by TEXT NOT NULL, 
	published_at VARCHAR(32) NOT NULL, 
	why TEXT NOT NULL, 
	previous_hash VARCHAR(64) NOT NULL, 
	hash VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_revision PRIMARY KEY (number), 
	CONSTRAINT fk_revision_contribution_id FOREIGN KEY(contribution_id) REFERENCES contribution (id), 
	CONSTRAINT uq_revision_hash UNIQUE (hash)
);
INSERT INTO "revision" VALUES(1,'publication','8be48fa5df424b349571662ac7a69518','synthetic',X'785ED3E6B2C928292928B6D2D72F37CE4CD1CB2F4AD74F4DCE4F2F4A2CC8D0CF4CD1CF4B4D05120686760A78D4E5152BE7E597A4DA2928252AE1530731B5B832AF2423B52433D94E418F4B970B0034D92BC1','9b00e5fa58f299ac151100512b360e4ac7488f283dbea8495e940671195d5aba','reviewer','2026-11-22T09:21:06.934200+00:00','','0000000000000000000000000000000000000000000000000000000000000000','c33af6ce3f0f61d4718a71e12cae1a7f2ae63be2758914caeca5cae7850e58f8');
INSERT INTO "revision" VALUES(2,'withdrawal','8be48fa5df424b349571662ac7a69518','synthetic',X'785ED3E6D2E5B2C928292928B6D2D72F37CE4CD1CB2F4AD74F4DCE4F2F4A2CC8D0CF4CD1CF4B4D05120686760A78D4E5152BE7E597A4DA2928252AE1530731B5B832AF2423B52433D94E418F0B00F9342BC1','54aefb4b13a3b576272b2e206fae8ccc8feb5b35d815fca439fd222133fa410a','reviewer','2026-11-22T09:21:06.958712+00:00','forkert','c33af6ce3f0f61d4718a71e12cae1a7f2ae63be2758914caeca5cae7850e58f8','5884173f85647a9f4c5f6d12022049f62f7e26dd23bbec70a56ea57dbc5f2ef2');
CREATE TABLE token (
	id VARCHAR(32) NOT NULL, 
	partner VARCHAR(120) NOT NULL, 
	role VARCHAR(16) NOT NULL, 
	label TEXT NOT NULL, 
	secret_digest VARCHAR(64) NOT NULL, 
	issued_at VARCHAR(32) NOT NULL, 
	expires_at VARCHAR(32) NOT NULL, 
	revoked_at VARCHAR(32), 
	parent VARCHAR(32), 
	CONSTRAINT pk_token PRIMARY KEY (id), 
	CONSTRAINT fk_token_parent FOREIGN KEY(parent) REFERENCES token (id), 
	CONSTRAINT fk_token_partner FOREIGN KEY(partner) REFERENCES partner (slug)
);
INSERT INTO "token" VALUES('e2b8b20a7026d092','synthetic','contributor','miljø','e933aa03de05a3a43a5b284079bb3fb57a634876b6472f3f8516932b98841e22','2026-11-22T09:21:06.915253+00:00','2027-11-22T09:21:06.915170+00:00',NULL,NULL);
CREATE INDEX ix_contribution_publisher ON contribution (publisher);
CREATE INDEX ix_contribution_sha256 ON contribution (sha256);
CREATE INDEX ix_contribution_state ON contribution (state);
CREATE INDEX ix_revision_contribution_id ON revision (contribution_id);
CREATE INDEX ix_event_contribution_id ON event (contribution_id);
CREATE INDEX ix_event_revision ON event (revision);
CREATE UNIQUE INDEX ix_personal_part_revision ON personal_part (revision, position);
CREATE INDEX ix_revision_publisher ON revision (publisher);
CREATE INDEX ix_note_contribution_id ON note (contribution_id);
CREATE INDEX ix_queued_check_queued_at ON queued_check (queued_at);
CREATE INDEX ix_answer_at ON answer (at);
CREATE INDEX ix_token_parent ON token (parent);
CREATE INDEX ix_token_partner ON token (partner);
COMMIT;
