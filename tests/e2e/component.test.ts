import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { execa } from "execa";
import { stringify } from "yaml";
import type { StackOutputs } from "../../components/stack/outputs";
import { ROOT } from "../../sandbox/directories";
import { parseSections } from "../../tools/docs/markdown";
import { PortForward } from "../../tools/verify/port-forward";
import { findTraces, getTrace } from "../../tools/verify/store-api";
import { kubectl, listStackObjects, NAMESPACE } from "./support/cluster";
import { loadServiceName, postOtlp, renderRequest } from "./support/otlp-requests";
import { eventually } from "./support/query-assertions";
import { configureStack, readRawSettings } from "./support/stack";
import { needsSandbox } from "./support/target";

needsSandbox("its application runs the image of the shop, which the sandbox builds");

const DOCUMENT = "docs/how-to/use-as-component.md";
const PROJECT_NAME = "team-apps";
/** The names of the program's Namespaces begin with the name of its Pulumi stack. */
const STACK = `${NAMESPACE}-component`;
const APP_NAMESPACE = `${STACK}-app`;
/** The value of OTEL_SERVICE_NAME. */
const APP_SERVICE = "app";
const FOLDER = fs.mkdtempSync(path.join(os.tmpdir(), "otel-stack-component-"));

const sandbox = configureStack("sandbox");
const { images, rolloutTimeout } = readRawSettings(sandbox) as {
    readonly images: Readonly<Record<string, string>>;
    readonly rolloutTimeout: string;
};
const env = { ...sandbox.env, PULUMI_BACKEND_URL: `file://${FOLDER}` };

const STACKS = ["web", "search"] as const;
type StackName = (typeof STACKS)[number];
type PortForwardOutputs = Readonly<Record<StackName, StackOutputs["portForwards"]>>;

/** Writes the program that the document shows, and installs this checkout and its packages for it. */
function createProject(): void {
    const fences = parseSections(fs.readFileSync(path.join(ROOT, DOCUMENT), "utf8")).flatMap(
        (section) => section.fences,
    );
    for (const [file, info] of [
        ["Pulumi.yaml", "yaml"],
        ["index.ts", "ts"],
    ] as const) {
        fs.writeFileSync(path.join(FOLDER, file), fences.find((fence) => fence.info === info)?.code ?? "");
    }
    fs.writeFileSync(path.join(FOLDER, "package.json"), JSON.stringify({ name: PROJECT_NAME, main: "index.ts" }));
    fs.mkdirSync(path.join(FOLDER, "node_modules"));
    fs.symlinkSync(path.join(ROOT, "node_modules/@pulumi"), path.join(FOLDER, "node_modules/@pulumi"));
    fs.symlinkSync(ROOT, path.join(FOLDER, "node_modules/otel-stack"));
}

async function pulumi(...args: readonly string[]): Promise<{ readonly ok: boolean; readonly output: string }> {
    const { failed, all } = await execa("pulumi", [...args, "--stack", STACK, "--non-interactive"], {
        cwd: FOLDER,
        env,
        all: true,
        reject: false,
    });
    return { ok: !failed, output: all };
}

async function pulumiOrFail(...args: readonly string[]): Promise<string> {
    const { ok, output } = await pulumi(...args);
    assert.ok(ok, `pulumi ${args.join(" ")} failed:\n${output}`);
    return output;
}

/** Creates the Pulumi stack, which only resources with an explicit provider can use. */
async function createStack(): Promise<void> {
    await execa("pulumi", ["stack", "init", STACK, "--non-interactive"], { cwd: FOLDER, env });
    const low = { resources: { requests: { cpu: "10m", memory: "64Mi" } } };
    const { shop: image, ...telemetryImages } = images;
    const config = {
        "pulumi:disable-default-providers": ["kubernetes"],
        [`${PROJECT_NAME}:kubeconfig`]: sandbox.env.KUBECONFIG,
        [`${PROJECT_NAME}:image`]: image,
        [`${PROJECT_NAME}:telemetry`]: { images: telemetryImages, rolloutTimeout, collector: low },
    };
    fs.appendFileSync(path.join(FOLDER, `Pulumi.${STACK}.yaml`), stringify({ config }));
}

describe("OtelStack in another Pulumi program", () => {
    let forwards: readonly PortForward[] = [];
    let collectors: Readonly<Record<StackName, PortForward>>;
    let jaegers: Readonly<Record<StackName, PortForward>>;

    const forwardTo = (outputs: PortForwardOutputs, name: "otelCollectorHttp" | "jaeger") => {
        const forwardOf = (stack: StackName): PortForward => {
            const { command } = outputs[stack][name] ?? assert.fail(`${stack} has no port-forward to ${name}`);
            const forward = new PortForward(command, sandbox.env);
            forwards = [...forwards, forward];
            return forward;
        };
        return { web: forwardOf("web"), search: forwardOf("search") };
    };

    before(async () => {
        createProject();
        await createStack();
        await pulumiOrFail("up", "--yes", "--skip-preview");
        const outputs = JSON.parse(
            await pulumiOrFail("stack", "output", "portForwards", "--json"),
        ) as PortForwardOutputs;
        collectors = forwardTo(outputs, "otelCollectorHttp");
        jaegers = forwardTo(outputs, "jaeger");
    });

    after(async () => {
        await Promise.all(forwards.map((forward) => forward.close()));
        await pulumi("destroy", "--yes", "--skip-preview");
        fs.rmSync(FOLDER, { recursive: true });
    });

    it("stores each stack's telemetry in that stack only", async () => {
        for (const [number, stack] of STACKS.entries()) {
            const run = String(number + 1);
            const batch = { run, first: 0, count: 1, at: Date.now() };
            await postOtlp(collectors[stack], "traces", renderRequest("traces", batch));
        }
        for (const [number, stack] of STACKS.entries()) {
            const [own, other] = [number + 1, 2 - number].map((run) => loadServiceName(String(run)));
            assert.ok(own !== undefined && other !== undefined);
            const url = await jaegers[stack].url();
            await eventually(async () => {
                assert.equal((await findTraces(url, own)).length, 1);
            });
            assert.deepEqual(await findTraces(url, other), []);
        }
    });

    it("receives the telemetry of an application with applicationEnv", async () => {
        const pod = await kubectl("get", "pods", "-n", APP_NAMESPACE, "-o", "jsonpath={.items[0].metadata.name}");
        const products = `/api/v1/namespaces/${APP_NAMESPACE}/pods/${pod}:8080/proxy/products`;
        await kubectl("get", "--raw", products);
        const url = await jaegers.web.url();
        const [trace] = await eventually(async () => {
            const found = await findTraces(url, APP_SERVICE);
            assert.ok(found.length > 0);
            return found;
        });
        assert.ok(trace);
        await assert.rejects(getTrace(await jaegers.search.url(), trace.traceID));
    });

    it("is unchanged by a second up", async () => {
        await pulumiOrFail("up", "--yes", "--skip-preview", "--expect-no-changes");
    });

    it("keeps stored data that an update would delete", async () => {
        const { ok, output } = await pulumi("preview", "--config", `${PROJECT_NAME}:keepTraces=false`);
        assert.equal(ok, false);
        assert.match(output, /would lose stored data/);
        assert.match(output, /jaeger-data/);
    });

    it("leaves nothing when destroyed", async () => {
        await pulumiOrFail("destroy", "--yes", "--skip-preview");
        assert.doesNotMatch(await kubectl("get", "namespaces", "--output=name"), new RegExp(STACK));
        const objects = await listStackObjects();
        assert.deepEqual(
            objects.filter((line) => line.includes(STACK)),
            [],
        );
        const { deployment } = JSON.parse(await pulumiOrFail("stack", "export")) as {
            readonly deployment: { readonly resources?: readonly unknown[] };
        };
        assert.deepEqual(deployment.resources ?? [], []);
    });
});
