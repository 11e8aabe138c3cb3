import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { execa } from "execa";
import { sandboxEnv } from "../../../sandbox/environment";
import { renderStackChart } from "../../../tools/helm/chart";
import { buildHelm } from "../../../tools/helm/check-chart";
import { readProgramVersion, writeChart } from "../../../tools/helm/main";
import type { Settings } from "../../../tools/render/program";
import { renderOutputs } from "../../../tools/verify/rendered-stack";
import { formatReport } from "../../../tools/verify/report";
import { verify } from "../../../tools/verify/verify";
import { apply, kubectl, KUBECTL_TIMEOUT } from "./cluster";
import type { Pem } from "./secure-otlp";

const WORK_DIRECTORY = fs.mkdtempSync(path.join(os.tmpdir(), "otel-stack-e2e-chart-"));
process.on("exit", () => {
    fs.rmSync(WORK_DIRECTORY, { recursive: true, force: true });
});

/** Writes the chart of a stack with the given settings to a new directory. */
export async function writeChartDirectory(stack: string, settings: Settings): Promise<string> {
    return writeChart(
        await renderStackChart(stack, settings, readProgramVersion()),
        fs.mkdtempSync(path.join(WORK_DIRECTORY, "chart-")),
    );
}

/** Runs Helm on the sandbox, with a home directory that is deleted after the tests. */
export async function runHelm(...args: readonly string[]): Promise<{ readonly ok: boolean; readonly output: string }> {
    const homes = ["HELM_CACHE_HOME", "HELM_CONFIG_HOME", "HELM_DATA_HOME"].map((home) => [
        home,
        path.join(WORK_DIRECTORY, home),
    ]);
    const { failed, all } = await execa(await buildHelm(), args, {
        env: { ...sandboxEnv(), ...(Object.fromEntries(homes) as Record<string, string>) },
        all: true,
        reject: false,
    });
    return { ok: !failed, output: all };
}

/** Runs Helm, and fails if it fails. */
export async function runHelmOrFail(...args: readonly string[]): Promise<string> {
    const { ok, output } = await runHelm(...args);
    assert.ok(ok, output);
    return output;
}

/** Asserts that telemetry passes through all routes of a stack that was not deployed by Pulumi. */
export async function verifyRendered(settings: Settings, namespace: string): Promise<void> {
    const outputs = await renderOutputs("sandbox", settings, namespace);
    const report = await verify({ outputs, env: sandboxEnv() });
    assert.ok(report.ok, formatReport(report));
}

/** Waits until all roll-outs in a Namespace are complete. */
export async function waitForRollouts(namespace: string): Promise<void> {
    const kinds = "deployments,statefulsets,daemonsets";
    const workloads = await kubectl("get", kinds, "--namespace", namespace, "--output=name");
    for (const workload of workloads.split("\n").filter(Boolean)) {
        await kubectl("rollout", "status", workload, "--namespace", namespace, KUBECTL_TIMEOUT);
    }
}

/** Creates a Secret for the secure OTLP listener with its certificate, as `kubectl create secret tls` does. */
export async function putTlsSecret(namespace: string, name: string, { cert, key }: Pem): Promise<void> {
    await apply({
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name, namespace },
        type: "kubernetes.io/tls",
        stringData: { "tls.crt": cert, "tls.key": key },
    });
}

/** Creates a Secret with a token like those that Pulumi generates. */
export async function putTokenSecret(namespace: string, name: string): Promise<void> {
    const token = randomBytes(30).toString("hex");
    await apply({
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name, namespace },
        stringData: { token, "valid-tokens": `${token}\n` },
    });
}

/** The stack's objects in the Namespace, and the Namespace itself. */
export async function listNamespaceObjects(namespace: string): Promise<string[]> {
    const kinds = (await kubectl("api-resources", "--verbs=list,delete", "--namespaced", "--output=name")).split("\n");
    const list = kinds.filter((kind) => kind !== "" && !kind.startsWith("events")).join(",");
    const ofTheStack = "--selector=app.kubernetes.io/part-of=otel-stack";
    const names = await kubectl(
        "get",
        list,
        "--namespace",
        namespace,
        ofTheStack,
        "--ignore-not-found",
        "--output=name",
    );
    return names.split("\n").filter(Boolean);
}
