-- A store as version 2 of the schema made it, with one finished run.
BEGIN TRANSACTION;
CREATE TABLE about (
	schema_version INTEGER NOT NULL, 
	PRIMARY KEY (schema_version)
);
INSERT INTO "about" VALUES(2);
CREATE TABLE epochs (
	run_id VARCHAR(32) NOT NULL, 
	epoch INTEGER NOT NULL, 
	loss FLOAT NOT NULL, 
	accuracy FLOAT NOT NULL, 
	val_loss FLOAT NOT NULL, 
	val_accuracy FLOAT NOT NULL, 
	seconds FLOAT NOT NULL, 
	PRIMARY KEY (run_id, epoch), 
	FOREIGN KEY(run_id) REFERENCES runs (id) ON DELETE CASCADE
);
INSERT INTO "epochs" VALUES('0123456789ab',1,1.0,0.5,1.1,0.4,2.0);
CREATE TABLE files (
	run_id VARCHAR(32) NOT NULL, 
	name VARCHAR(80) NOT NULL, 
	content BLOB NOT NULL, 
	PRIMARY KEY (run_id, name), 
	FOREIGN KEY(run_id) REFERENCES runs (id) ON DELETE CASCADE
);
INSERT INTO "files" VALUES('0123456789ab','weights',X'736F6D65');
CREATE TABLE runs (
	id VARCHAR(32) NOT NULL, 
	name TEXT NOT NULL, 
	architecture TEXT NOT NULL, 
	configuration TEXT NOT NULL, 
	recipe VARCHAR(64) NOT NULL, 
	data_fingerprint VARCHAR(64) NOT NULL, 
	images TEXT NOT NULL, 
	environment TEXT NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	wish VARCHAR(8) NOT NULL, 
	worker VARCHAR(64) NOT NULL, 
	created_at FLOAT NOT NULL, 
	started_at FLOAT, 
	finished_at FLOAT, 
	progress TEXT NOT NULL, 
	result TEXT, 
	message TEXT NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "runs" VALUES('0123456789ab','Shapes demo','{"name": "Shapes demo", "input": [16, 16, 1], "layers": [{"kind": "Conv2D", "filters": 8, "kernel_size": 3, "padding": "same", "activation": "relu"}, {"kind": "MaxPooling2D"}, {"kind": "Conv2D", "filters": 16, "kernel_size": 3, "padding": "same", "activation": "relu"}, {"kind": "MaxPooling2D"}, {"kind": "Flatten"}, {"kind": "Dense", "units": 32, "activation": "relu"}, {"kind": "Dense", "units": 3, "activation": "softmax"}]}','{"dataset": {"name": "shapes", "seed": 0, "validation_fraction": 0.16666666666666666, "shapes": {"kinds": ["circle", "square", "triangle"], "samples": 180, "test_samples": 300, "thickness": 0, "noise": 0.0, "rotation": 10.0, "position": 1.0, "scale": [0.6, 0.9]}}, "epochs": 3, "batch_size": null, "optimizer": "adam", "learning_rate": null, "schedule": "one-cycle", "momentum": 0.9, "weight_decay": 0.0, "label_smoothing": 0.0, "seed": 0}','25cbfcb90e67fe766ce0da774982b8d67db38854a549ddbfad94668efbd19baf','','{}','{}','finished','run','',1.79525331108685660365e+09,NULL,1.79525331110384225841e+09,'{"epoch": 1, "step": 1, "steps": 30, "images_per_s": 0.0, "seconds": 0.0, "seconds_left": null, "phase": ""}','{"test_loss": 0.1, "test_accuracy": 0.98, "test_images": 300, "train_images": 150, "validation_images": 30, "seconds": 12.5, "images_per_s": 4000.0}','');
CREATE TABLE steps (
	run_id VARCHAR(32) NOT NULL, 
	step INTEGER NOT NULL, 
	epoch FLOAT NOT NULL, 
	loss FLOAT NOT NULL, 
	accuracy FLOAT NOT NULL, 
	learning_rate FLOAT NOT NULL, 
	seconds FLOAT NOT NULL, 
	PRIMARY KEY (run_id, step), 
	FOREIGN KEY(run_id) REFERENCES runs (id) ON DELETE CASCADE
);
INSERT INTO "steps" VALUES('0123456789ab',1,0.1,1.0,0.5,0.01,0.01);
CREATE TABLE workers (
	name VARCHAR(64) NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	heartbeat_at FLOAT NOT NULL, 
	PRIMARY KEY (name)
);
CREATE INDEX runs_by_state ON runs (state, created_at);
CREATE INDEX runs_by_age ON runs (created_at);
CREATE INDEX runs_by_recipe ON runs (recipe);
COMMIT;
