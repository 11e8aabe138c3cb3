import assert from "node:assert/strict";
import type { types } from "@pulumi/kubernetes";
import { parse } from "yaml";
import { type Manifest, type ProgramRecorder, isRecord } from "../../tools/render/program";

type Unwrapped<T> = T extends (infer Item)[]
    ? Unwrapped<Item>[]
    : T extends object
      ? { [K in keyof T]: Unwrapped<T[K]> }
      : T;

export type PodTemplate = Unwrapped<types.output.core.v1.PodTemplateSpec>;
export type Container = PodTemplate["spec"]["containers"][number];

/** Kinds with a pod template. */
const WORKLOAD_KINDS = ["Deployment", "Job", "StatefulSet", "DaemonSet"];

export function isWorkload({ kind }: Manifest): boolean {
    return WORKLOAD_KINDS.includes(kind);
}

/** What a manifest says at that path; undefined where it says nothing. */
export function getField(manifest: Manifest, ...path: readonly string[]): unknown {
    return path.reduce((value: unknown, key) => (isRecord(value) ? value[key] : undefined), manifest);
}

/** The pod template of a workload. */
export function getPodTemplate(manifest: Manifest): PodTemplate {
    const template = getField(manifest, "spec", "template");
    assert.ok(isPodTemplate(template), `${manifest.kind} ${manifest.metadata.name} has no pod template`);
    return template;
}

function isPodTemplate(value: unknown): value is PodTemplate {
    return isRecord(value) && isRecord(value.spec) && Array.isArray(value.spec.containers);
}

/** The only container of a workload. */
export function getContainer(manifest: Manifest): Container {
    const { containers } = getPodTemplate(manifest).spec;
    const [container] = containers;
    assert.ok(container && containers.length === 1, `${manifest.metadata.name} has ${containers.length} containers`);
    return container;
}

/** Kind and name of everything a component made, in order. */
export function listKindsAndNames(recorder: ProgramRecorder): string[] {
    return recorder.manifests
        .map(({ kind, metadata }) => `${kind} ${metadata.name.replace(/-[0-9a-f]{8}$/, "-HASH")}`)
        .sort();
}

/** The one file in the ConfigMap of that name, without its hash. */
export function readConfigMap(
    recorder: ProgramRecorder,
    name: string,
): { readonly manifest: Manifest; readonly config: unknown } {
    const manifest = recorder.manifests.find(
        ({ kind, metadata }) => kind === "ConfigMap" && metadata.name.replace(/-[0-9a-f]{8}$/, "") === name,
    );
    assert.ok(manifest, `there is no ConfigMap ${name}-HASH`);
    const data = getField(manifest, "data");
    const [file] = isRecord(data) ? Object.values(data) : [];
    assert.ok(typeof file === "string");
    return { manifest, config: parse(file) as unknown };
}

/** A Service's ports, by name. */
export function getServicePorts(manifest: Manifest): Record<string, number> {
    const ports = getField(manifest, "spec", "ports");
    assert.ok(Array.isArray(ports));
    return Object.fromEntries(
        (ports as readonly { name: string; port: number }[]).map(({ name, port }) => [name, port]),
    );
}
