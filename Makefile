# `make help` lists the commands. STACK selects the stack file Pulumi.<stack>.yaml; the default is sandbox.
STACK ?= sandbox

.DEFAULT_GOAL := help
.PHONY: help up down destroy preview refresh status open telemetrygen verify trace pictures alert-test manifests images helm-chart check-config kubectl sandbox-env test lint format e2e e2e-long e2e-upgrade bench findings

# Uses a Node.js in the cache if the system Node.js is older than package.json requires.
node_folder := $(shell sh tools/node/node.sh path)
export PATH := $(if $(node_folder),$(node_folder):)$(PATH)

# Runs TypeScript without type checking; `make lint` checks types.
ts := node --require ts-node/register/transpile-only

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

up: preflight node_modules ## Deploy STACK and verify it (NODES=2: a sandbox with two nodes; YES=1: no prompt on other clusters)
	@$(ts) tools/cli.ts up $(STACK)

down: node_modules ## Delete the sandbox (keeps the build cache)
	@$(ts) tools/cli.ts down

destroy: node_modules ## Delete the resources of STACK from its cluster
	@$(ts) tools/cli.ts destroy $(STACK)

preview: node_modules ## Preview the changes of `make up`
	@$(ts) tools/cli.ts preview $(STACK)

refresh: node_modules ## Update Pulumi's state of STACK from the cluster, after a preview
	@$(ts) tools/cli.ts refresh $(STACK)

status: node_modules ## Show the sandbox, the pods of STACK and how to access them
	@$(ts) tools/cli.ts status $(STACK)

open: node_modules ## Forward a local port to each UI of STACK and print the URLs, until Ctrl-C
	@$(ts) tools/cli.ts open $(STACK)

telemetrygen: node_modules ## Run the telemetrygen Jobs of STACK again
	@$(ts) tools/cli.ts telemetrygen $(STACK)

verify: node_modules ## Send a trace, a metric and a log to STACK, read each back, and run the queries of all panels
	@$(ts) tools/verify/main.ts $(STACK) $(ARGS)

trace: node_modules ## Print a trace from STACK as a tree: ID=<trace id>, or the newest of SERVICE=<name>
	@$(ts) tools/trace/main.ts $(STACK) --id='$(ID)' --service='$(SERVICE)'

pictures: node_modules ## Write the pictures of the dashboards in the documentation from STACK (docs/images/dashboards)
	@$(ts) tools/pictures/main.ts $(STACK)

alert-test: node_modules ## Send an alert through Alertmanager of STACK and say where it went: LABELS="severity=warning"
	@$(ts) tools/alert-test/main.ts $(STACK) --labels='$(LABELS)'

manifests: node_modules ## Print the manifests of STACK as YAML (requires no cluster)
	@$(ts) tools/render/manifests.ts $(STACK)

images: node_modules ## Print the images of STACK (requires no cluster); MIRROR=1 prints the source and the copy of each
	@$(ts) tools/render/images.ts $(STACK) $(MIRROR)

helm-chart: node_modules ## Package STACK as a Helm chart in build/charts (requires no cluster)
	@$(ts) tools/helm/main.ts $(STACK)

check-config: node_modules ## Check the configuration files and the Helm chart of every stack with the programs that read them
	@$(ts) tools/cli.ts check-config

kubectl: node_modules ## Run kubectl on the sandbox: make kubectl ARGS="get pods -A"
	@variables=$$($(ts) tools/cli.ts sandbox-env $(STACK)) && eval "$$variables" && kubectl $(ARGS)

sandbox-env: node_modules ## Print shell variables for kubectl and pulumi on the sandbox: eval "$(make sandbox-env)"
	@$(ts) tools/cli.ts sandbox-env $(STACK)

test: node_modules ## Run the unit tests (require no cluster and no Pulumi CLI)
	@node_modules/.bin/mocha

lint: node_modules ## Check types, style, licenses, manifests and NetworkPolicies
	node_modules/.bin/tsc
	node_modules/.bin/eslint . --max-warnings 0
	node_modules/.bin/prettier --check --log-level warn .
	node_modules/.bin/depcruise .
	node_modules/.bin/knip --no-progress --exclude binaries
	$(ts) tools/checks/kube-score.ts
	$(ts) tools/checks/cyclonus.ts
	$(ts) tools/licenses/main.ts
	@sh tools/checks/lint-workflows.sh

format: node_modules ## Format the source files
	node_modules/.bin/prettier --write --log-level warn .

e2e: preflight node_modules ## Run the end-to-end tests on a sandbox, or on the cluster of STACK; FILES="autoscaling" runs a part
	@E2E_STACK=$(STACK) $(ts) tests/e2e/run.ts $(FILES)

e2e-long: preflight node_modules ## Run the end-to-end tests with an outage of 30 minutes, ten deletions of each pod, and a sandbox of two nodes
	@E2E_STACK=$(STACK) E2E_OUTAGE_MINUTES=30 E2E_DELETIONS=10 E2E_NODES=2 E2E_KILLS=10 E2E_SERIES=300000 E2E_TRACE_SECONDS=600 E2E_CROWD_SECONDS=60 $(ts) tests/e2e/run.ts $(FILES)

e2e-upgrade: preflight node_modules ## Deploy the program of commit FROM on a sandbox, upgrade it under load, and count lost items
	@UPGRADE_FROM=$(FROM) node_modules/.bin/mocha --config tests/e2e/upgrade.mocharc.json

bench: preflight node_modules ## Run the benchmarks on the sandbox
	@$(ts) bench/main.ts

findings: ## Run the scripts in findings/, which reproduce unexpected behaviour of dependencies; FILES="NAME" runs a part
	@findings/run.sh $(FILES)

.PHONY: preflight node
preflight:
	@[ "$(STACK)" != sandbox ] || sh sandbox/preflight.sh

node:
	@sh tools/node/node.sh install

node_modules: node node_modules/.package-lock.json ;

# npm writes this file last, so an interrupted installation runs again.
node_modules/.package-lock.json: package-lock.json package.json
	@echo "Installing the npm packages of package-lock.json" >&2
	@npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2
	@touch $@
