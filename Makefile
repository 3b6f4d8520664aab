# Thin names over the npm scripts. `make migrate ARGS="--url postgres://…"` passes options on.
ARGS ?=

.PHONY: migrate migrate-status build-migrate test check clean

migrate: node_modules
	npm run --silent migrate -- $(ARGS)

migrate-status: node_modules
	npm run --silent migrate:status -- $(ARGS)

# The command line as plain JavaScript: node dist/bin/migrate.js
build-migrate: node_modules
	npm run --silent build

test: node_modules
	npm test

check: node_modules
	npm run check

clean:
	rm -rf dist .aurora-migrations

node_modules: package.json package-lock.json
	npm ci --ignore-scripts
	@touch node_modules
