# Thin names over the npm scripts. `make migrate ARGS="--url postgres://…"` passes options on.
ARGS ?=
INSTALLED = node_modules/.package-lock.json

.PHONY: migrate migrate-status build-migrate test check clean

migrate: $(INSTALLED)
	npm run --silent migrate -- $(ARGS)

migrate-status: $(INSTALLED)
	npm run --silent migrate:status -- $(ARGS)

# The command line as plain JavaScript: node dist/bin/migrate.js
build-migrate: $(INSTALLED)
	npm run --silent build

test: $(INSTALLED)
	npm test

check: $(INSTALLED)
	npm run check

clean:
	rm -rf dist .aurora-migrations

# npm writes this file at the end of an installation.
$(INSTALLED): package-lock.json
	npm ci --ignore-scripts
