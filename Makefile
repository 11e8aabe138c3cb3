# otel-stack. `make help` lists the commands; STACK chooses the stack (Pulumi.<stack>.yaml), sandbox unless said otherwise.
STACK ?= sandbox

.DEFAULT_GOAL := help
.PHONY: help up down destroy preview refresh status telemetrygen verify trace manifests helm-chart check-config kubectl sandbox-env test lint format e2e e2e-long e2e-upgrade bench findings

# Where the system's Node.js is older than package.json asks for, the commands run with one that is installed below the cache.
node_folder := $(shell sh tools/node/node.sh path)
export PATH := $(if $(node_folder),$(node_folder):)$(PATH)

# TypeScript without type-checking at each start: `make lint` type-checks.
ts := node --require ts-node/register/transpile-only

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

up: preflight node_modules ## Deploy STACK and verify it; shows a preview and asks unless YES=1 (default: a sandbox on this machine, of two nodes with NODES=2)
	@$(ts) tools/cli.ts up $(STACK)

down: node_modules ## End the sandbox: no process, mount, network device, cgroup or file is left but the build cache
	@$(ts) tools/cli.ts down

destroy: node_modules ## Remove STACK from its cluster, and keep the cluster
	@$(ts) tools/cli.ts destroy $(STACK)

preview: node_modules ## Show what `make up` would change in STACK
	@$(ts) tools/cli.ts preview $(STACK)

refresh: node_modules ## Show how Pulumi's state of STACK differs from the cluster, ask, and write it to the state
	@$(ts) tools/cli.ts refresh $(STACK)

status: node_modules ## Show the sandbox, the stack's pods and where to look
	@$(ts) tools/cli.ts status $(STACK)

telemetrygen: node_modules ## Run the telemetrygen Jobs of STACK again
	@$(ts) tools/cli.ts telemetrygen $(STACK)

verify: node_modules ## Send a trace, a metric and a log through STACK and read each back
	@$(ts) tools/verify/main.ts $(STACK) $(ARGS)

trace: node_modules ## Print a trace of STACK as a tree: ID=<trace id>, or the newest of SERVICE=<name>
	@$(ts) tools/trace/main.ts $(STACK) --id='$(ID)' --service='$(SERVICE)'

manifests: node_modules ## Print STACK as plain YAML, without a cluster
	@$(ts) tools/render/manifests.ts $(STACK)

helm-chart: node_modules ## Package STACK as a Helm chart below build/charts, without a cluster
	@$(ts) tools/helm/main.ts $(STACK)

check-config: node_modules ## Check the configuration files and the chart of every stack with the programs that read them
	@$(ts) tools/cli.ts check-config

kubectl: node_modules ## Run kubectl on the sandbox: make kubectl ARGS="get pods -A"
	@variables=$$($(ts) tools/cli.ts sandbox-env $(STACK)) && eval "$$variables" && kubectl $(ARGS)

sandbox-env: node_modules ## Print the shell variables that point kubectl and pulumi at the sandbox: eval "$(make sandbox-env)"
	@$(ts) tools/cli.ts sandbox-env $(STACK)

test: node_modules ## Run the unit tests: no cluster, no Pulumi
	@node_modules/.bin/mocha

lint: node_modules ## Check types, style, licenses, the rendered manifests and their NetworkPolicies
	node_modules/.bin/tsc
	node_modules/.bin/eslint . --max-warnings 0
	node_modules/.bin/prettier --check --log-level warn .
	$(ts) tools/checks/kube-score.ts
	$(ts) tools/checks/cyclonus.ts
	$(ts) tools/licenses/main.ts
	@sh tools/checks/lint-workflows.sh

format: node_modules ## Format the sources
	node_modules/.bin/prettier --write --log-level warn .

e2e: preflight node_modules ## Run the stack for real on a sandbox, or beside STACK on its cluster, break it, and remove it; FILES="autoscaling" runs a part
	@E2E_STACK=$(STACK) $(ts) tests/e2e/run.ts $(FILES)

e2e-long: preflight node_modules ## The same with an outage of half an hour, and each pod deleted ten times
	@E2E_STACK=$(STACK) E2E_OUTAGE_MINUTES=30 E2E_DELETIONS=10 $(ts) tests/e2e/run.ts $(FILES)

e2e-upgrade: preflight node_modules ## Deploy the program of commit FROM on a sandbox, update it to this one under load, and count
	@UPGRADE_FROM=$(FROM) node_modules/.bin/mocha --config tests/e2e/upgrade.mocharc.json

bench: preflight node_modules ## Measure speed and memory on the sandbox
	@$(ts) bench/main.ts

findings: ## Run the scripts of findings/, which hold surprising behaviour of other software; FILES="NAME" runs a part
	@findings/run.sh $(FILES)

.PHONY: preflight node
preflight:
	@[ "$(STACK)" != sandbox ] || sh sandbox/preflight.sh

node:
	@sh tools/node/node.sh install

node_modules: node node_modules/.package-lock.json ;

# npm writes this file last: an installation that was interrupted is made again.
node_modules/.package-lock.json: package-lock.json package.json
	@echo "Installing the npm packages of package-lock.json" >&2
	@npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2
	@touch $@
