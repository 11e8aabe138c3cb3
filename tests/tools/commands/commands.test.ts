import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { KUBECONFIG } from "../../../sandbox/directories";
import { destroy, preview, refresh, status, runTelemetrygen, up } from "../../../tools/commands/commands";
import { deploy, printAccess } from "../../../tools/commands/deploy";
import { printSandboxEnv } from "../../../tools/commands/sandbox-env";
import { resolveKubectlAccess } from "../../../tools/stack/kube-context";
import { resolveStack } from "../../../tools/stack/stack";
import {
    getRejectionMessage,
    removeDirectory,
    createTemporaryDirectory,
    runWithPath,
    writeCommands,
} from "../../support/fake-commands";

const DEV = resolveStack("dev");
const JOB = "urn:pulumi:dev::otel-stack::otel-stack:index:Telemetrygen$kubernetes:batch/v1:Job::telemetrygen-traces";
const OUTPUTS = {
    portForwards: {
        jaeger: { command: "kubectl port-forward -n ns svc/jaeger 16686:16686", url: "http://localhost:16686" },
    },
    applicationEnvShell: "export OTEL_EXPORTER_OTLP_ENDPOINT=http://otel-collector.ns:4318",
};

function renderState(...resources: readonly { readonly urn: string; readonly type: string }[]): string {
    return JSON.stringify({ version: 3, deployment: { resources } });
}

describe("commands on an external cluster", () => {
    let work: string;
    let bin: string;
    let printed: string[];
    let saidOnStderr: string[];
    const { log, error } = console;

    beforeEach(() => {
        work = createTemporaryDirectory();
        bin = path.join(work, "bin");
        fs.writeFileSync(path.join(work, "state"), renderState());
        fs.writeFileSync(path.join(work, "outputs"), JSON.stringify(OUTPUTS));
        writeCommands(bin, {
            pulumi: [
                `[ "$1" = version ] || echo "pulumi $*" >> '${work}/calls'`,
                `case "$*" in "stack export"*) cat '${work}/state' ;; "stack output"*) cat '${work}/outputs' ;; esac`,
            ].join("\n"),
            // Says of a file of KUBECONFIG which context it chooses, as kubectl finds it out.
            kubectl: [
                `case "$1" in`,
                `version) ;;`,
                `config) case "$(cat "\${KUBECONFIG%%:*}" 2>/dev/null)" in *kind-other*) echo kind-other ;; *) echo kind-mine ;; esac`,
                `echo mine; echo https://127.0.0.1:6443 ;;`,
                `*) echo "kubectl $*" >> '${work}/calls'; [ "$1" != get ] || cat '${work}/object' 2>/dev/null || true ;; esac`,
            ].join("\n"),
        });
        printed = [];
        console.log = (line: string) => printed.push(line);
        saidOnStderr = [];
        console.error = (line: string) => saidOnStderr.push(line);
    });

    afterEach(() => {
        Object.assign(console, { log, error });
        removeDirectory(work);
    });

    const run = (command: () => Promise<void>): Promise<void> =>
        runWithPath(`${bin}:${process.env.PATH ?? ""}`, command);
    const calls = (): string[] => fs.readFileSync(path.join(work, "calls"), "utf8").trim().split("\n");

    for (const [name, command, expected] of [
        ["preview", preview, ["pulumi preview --diff --stack dev"]],
        ["destroy", destroy, ["pulumi stack output --json --stack dev", "pulumi destroy --stack dev"]],
        [
            "deploy",
            deploy,
            [
                "pulumi stack export --stack dev",
                "pulumi up --suppress-outputs --refresh --stack dev",
                "pulumi stack export --stack dev",
            ],
        ],
    ] as const) {
        it(`${name} selects the stack and makes Pulumi show a preview and ask`, async () => {
            await run(() => command(DEV));
            assert.deepEqual(calls(), ["pulumi stack select --create dev", ...expected]);
        });
    }

    it("destroy lists the claims that it deletes and keeps", async () => {
        const volume = { namespace: "ns", size: "1Gi", retained: false };
        const storedData = {
            namespace: "ns",
            namespaceCreated: false,
            volumes: [
                { ...volume, owner: "prometheus", claim: "prometheus-data" },
                { ...volume, owner: "jaeger", claim: "jaeger-data", retained: true },
                { ...volume, owner: "collector", claim: "queues-otel-collector" },
            ],
        };
        const created = { ...storedData, namespaceCreated: true };
        for (const [data, verbs] of [
            [storedData, ["deletes", "keeps", "keeps"]],
            [{ ...created, namespaceRetained: false }, ["deletes", "keeps", "deletes"]],
            [{ ...created, namespaceRetained: true }, ["deletes", "keeps", "keeps"]],
        ] as const) {
            printed.length = 0;
            fs.writeFileSync(path.join(work, "outputs"), JSON.stringify({ ...OUTPUTS, storedData: data }));
            await run(() => destroy(DEV));
            assert.deepEqual(
                printed.map((line) => /^Destroying stack dev (\w+) claim ns\//.exec(line)?.[1]),
                verbs,
            );
        }
        assert.match(printed[0] ?? "", /ns\/prometheus-data \(1Gi, used bytes unknown\) with stored metrics$/);
    });

    it("refresh makes Pulumi show the differences and ask", async () => {
        await run(() => refresh(DEV));
        assert.deepEqual(calls().at(-1), "pulumi refresh --stack dev");
    });

    for (const [name, command, expected] of [
        ["refresh", refresh, "pulumi refresh --yes --stack dev"],
        ["deploy", deploy, "pulumi up --yes --skip-preview --suppress-outputs --refresh --stack dev"],
        ["destroy", destroy, "pulumi destroy --yes --skip-preview --stack dev"],
    ] as const) {
        it(`${name} does not ask when YES=1`, async () => {
            process.env.YES = "1";
            try {
                await run(() => command(DEV));
            } finally {
                delete process.env.YES;
            }
            assert.equal(
                calls()
                    .filter((call) => call !== "pulumi stack export --stack dev")
                    .at(-1),
                expected,
            );
        });
    }

    it("deploy waits for the rollouts of the workloads in the state", async () => {
        const deployment = {
            urn: "urn:deployment",
            type: "kubernetes:apps/v1:Deployment",
            inputs: { metadata: { name: "otel-collector", namespace: "ns" } },
        };
        fs.writeFileSync(path.join(work, "state"), renderState(deployment));
        await run(() => deploy(DEV));
        assert.equal(calls().at(-1), "kubectl rollout status --namespace=ns --timeout=5m deployment/otel-collector");
    });

    /** The state of an update that was interrupted, and who manages the object that it may have created. */
    const interruptUpdate = (manager: string): void => {
        const resource = {
            urn: "urn:deployment",
            type: "kubernetes:apps/v1:Deployment",
            inputs: { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "jaeger", namespace: "ns" } },
        };
        const pending = [{ type: "creating", resource }];
        fs.writeFileSync(path.join(work, "state"), JSON.stringify({ deployment: { pending_operations: pending } }));
        fs.writeFileSync(path.join(work, "object"), JSON.stringify({ metadata: { managedFields: [{ manager }] } }));
    };

    it("deploy deletes no object of an interrupted update without approval", async () => {
        interruptUpdate("pulumi-kubernetes-1a2b3c4d");
        const { isTTY } = process.stdin;
        process.stdin.isTTY = false;
        try {
            assert.match(
                await getRejectionMessage(run(() => deploy(DEV))),
                /stdin is not a terminal; set YES=1 to approve/,
            );
        } finally {
            process.stdin.isTTY = isTTY;
        }
        assert.match(printed.join("\n"), /Deployment\.v1\.apps jaeger/);
        assert.ok(!calls().some((call) => /delete|refresh| up /.test(call)), calls().join("\n"));
    });

    it("deploy keeps an object of the same name that Pulumi has not created", async () => {
        interruptUpdate("kubectl-create");
        await run(() => deploy(DEV));
        assert.ok(!calls().some((call) => call.startsWith("kubectl delete")), calls().join("\n"));
        assert.ok(calls().some((call) => call.includes("--clear-pending-creates")));
    });

    it("telemetrygen replaces only the Jobs", async () => {
        const service = { urn: "urn:service", type: "kubernetes:core/v1:Service" };
        fs.writeFileSync(path.join(work, "state"), renderState(service, { urn: JOB, type: "kubernetes:batch/v1:Job" }));
        await run(() => runTelemetrygen(DEV));
        assert.equal(calls().at(-1), `pulumi up --target-replace ${JOB} --stack dev`);
    });

    for (const state of [renderState(), JSON.stringify({ deployment: {} })]) {
        it(`telemetrygen explains how to get Jobs when the state is ${state}`, async () => {
            const message = await getRejectionMessage(run(() => runTelemetrygen(DEV)));
            assert.match(message, /stack dev has no telemetrygen Jobs; set otel-stack:telemetrygen\.enabled to true/);
            assert.ok(!calls().some((call) => call.startsWith("pulumi up")));
        });
    }

    it("status prints the workloads of every Namespace and the port-forwards", async () => {
        await run(() => status(DEV));
        assert.match(calls()[0] ?? "", /^kubectl get deployments.*--all-namespaces.*part-of=otel-stack$/);
        assert.match(
            printed.join("\n"),
            /http:\/\/localhost:16686 +kubectl port-forward -n ns svc\/jaeger 16686:16686/,
        );
    });

    it("status names the next command when nothing is deployed", async () => {
        fs.writeFileSync(path.join(work, "outputs"), "{}");
        await run(() => status(DEV));
        assert.match(printed.join("\n"), /Stack dev is not deployed: make up STACK=dev/);
    });

    for (const [name, command] of Object.entries({ preview, destroy, refresh, status })) {
        it(`${name} prints the context and the cluster`, async () => {
            await run(() => command(DEV));
            assert.deepEqual(saidOnStderr, ["Stack dev on context kind-mine, cluster mine (https://127.0.0.1:6443)"]);
        });

        it(`${name} uses the context of the stack file`, async () => {
            fs.writeFileSync(path.join(work, "Pulumi.dev.yaml"), "config: { kubernetes:context: kind-other }");
            await run(() => command({ name: "dev", ...resolveKubectlAccess("dev", work) }));
            assert.match(saidOnStderr.join("\n"), /^Stack dev on context kind-other,/);
        });
    }

    for (const [name, command] of Object.entries({ up, destroy })) {
        it(`${name} rejects the sandbox's kubeconfig for other stacks`, async () => {
            const before = process.env.KUBECONFIG;
            process.env.KUBECONFIG = KUBECONFIG;
            try {
                assert.match(await getRejectionMessage(run(() => command(DEV))), /use another shell for stack dev/);
            } finally {
                if (before === undefined) {
                    delete process.env.KUBECONFIG;
                } else {
                    process.env.KUBECONFIG = before;
                }
            }
            assert.ok(!fs.existsSync(path.join(work, "calls")));
        });
    }

    it("up reports an unknown stack first", async () => {
        assert.match(
            await getRejectionMessage(runWithPath("", () => up(resolveStack("nosuch")))),
            /stack nosuch does not exist/,
        );
    });

    it("printAccess prints port-forwards with the context of the stack file", async () => {
        await run(() => printAccess({ ...DEV, flags: ["--context=kind-other"] }));
        assert.match(printed.join("\n"), /kubectl --context=kind-other port-forward -n ns svc\/jaeger 16686:16686/);
    });

    it("printAccess prints port-forwards, URLs and the OTLP environment", async () => {
        await run(() => printAccess(DEV));
        assert.match(printed.join("\n"), /^ {2}export OTEL_EXPORTER_OTLP_ENDPOINT=http:\/\/otel-collector\.ns:4318$/m);
        assert.doesNotMatch(printed.join("\n"), /make sandbox-env/);
        await run(() => printAccess({ name: "sandbox", env: { PATH: bin.concat(":", process.env.PATH ?? "") } }));
        assert.match(printed.join("\n"), /eval "\$\(make sandbox-env\)"/);
    });

    for (const [name, command] of Object.entries({
        up,
        preview,
        destroy,
        refresh,
        status,
        telemetry: runTelemetrygen,
    })) {
        it(`${name} reports a missing cluster or program before it starts`, async () => {
            writeCommands(bin, { kubectl: "echo 'The connection was refused' >&2; exit 1" });
            const noCluster = await getRejectionMessage(run(() => command(DEV)));
            assert.match(
                noCluster,
                /kubectl cannot reach a cluster; choose one with 'pulumi config set kubernetes:context NAME --stack dev' or '.*'\nThe conn/,
            );
            fs.rmSync(path.join(bin, "pulumi"));
            const noPulumi = await getRejectionMessage(runWithPath(bin, () => command(DEV)));
            assert.match(noPulumi, /'pulumi' is missing; install Pulumi/);
            assert.ok(!fs.existsSync(path.join(work, "calls")));
        });
    }
});

describe("sandbox-env", () => {
    it("fails when no sandbox runs", () => {
        assert.throws(
            () => printSandboxEnv(resolveStack("sandbox"), false),
            /no sandbox is running; start it with 'make up'/,
        );
    });

    it("prints shell-safe output for any PATH", async () => {
        const lines: string[] = [];
        const print = console.log;
        console.log = (line: string) => lines.push(line);
        try {
            await runWithPath("/it's a/path with $HOME:/usr/bin:/bin", () =>
                printSandboxEnv(resolveStack("sandbox"), true),
            );
        } finally {
            console.log = print;
        }
        const script = `${lines.join("\n")}\nprintf '%s\\n' "$PATH" "$KUBECONFIG"`;
        const [variable, kubeconfig] = execFileSync("/bin/sh", ["-c", script], { encoding: "utf8" }).split("\n");
        assert.ok(variable?.endsWith("/bin:/it's a/path with $HOME:/usr/bin:/bin"), variable);
        assert.equal(kubeconfig, KUBECONFIG);
    });

    it("rejects stacks on external clusters", () => {
        assert.throws(() => printSandboxEnv(DEV), /works only for stack sandbox/);
    });
});
