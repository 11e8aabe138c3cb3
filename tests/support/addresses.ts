import assert from "node:assert/strict";
import { parse } from "yaml";
import { type Manifest, isRecord } from "../../tools/mocked-stack";
import { type Container, type PodTemplate, at, containerOf, isWorkload, podOf } from "./objects";

/** Every connection that a workload of the stack is told to make to another, as `from -> to:port` of the pods. */
export function connectionsIn(manifests: readonly Manifest[]): string[] {
    const services = manifests.filter(({ kind }) => kind === "Service");
    const names = new RegExp(patternOf(services), "g");
    const found = manifests.filter(isWorkload).flatMap((workload) =>
        toldTo(workload, manifests)
            .flatMap((text) => addressesIn(text, names))
            .map(({ service, port }) => `${workload.metadata.name} -> ${behind(service, port, manifests)}`),
    );
    return [...new Set(found)].sort();
}

interface Address {
    readonly service: string;
    /** Its number, or its name. */
    readonly port: number | string;
}

/** A Service's name with the Namespace, a port or both behind it; that of one of its pods or ports may stand before it. */
function patternOf(services: readonly Manifest[]): string {
    const [first] = services;
    const anyName = services.map(({ metadata }) => metadata.name).join("|");
    return `(?<![\\w.-])(?:[a-z-]+-\\d+\\.|_(?<named>[a-z-]+)\\._tcp\\.)?(?<service>${anyName})(?:\\.${first?.metadata.namespace}(?:\\.svc[\\w.]*)?(?::(?<a>\\d+))?|:(?<b>\\d+))(?![\\w-])`;
}

/** Arguments and environment of a workload, and the files that it mounts. */
function toldTo(workload: Manifest, manifests: readonly Manifest[]): readonly string[] {
    const { args = [], env = [] } = containerOf(workload) as Partial<Container>;
    const { volumes = [] } = podOf(workload).spec as Partial<PodTemplate["spec"]>;
    const mounted = volumes.map(({ configMap }: Partial<(typeof volumes)[number]>) => configMap?.name);
    const files = manifests
        .filter(({ kind, metadata }) => kind === "ConfigMap" && mounted.includes(metadata.name))
        .flatMap((configMap) => Object.values(Object(at(configMap, "data")) as Record<string, string>));
    return [...args, ...env.map(({ value = "" }: Partial<(typeof env)[number]>) => value), ...files];
}

function addressesIn(text: string, names: RegExp): Address[] {
    // Most files name no address; that of the dashboards alone takes a while to parse.
    return text.search(names) >= 0 ? addressesOf(parse(text) as unknown, names) : [];
}

/** @param port What the record around a host without a port says, as for Prometheus' discovery by DNS. */
function addressesOf(value: unknown, names: RegExp, port?: number): Address[] {
    if (typeof value === "string") {
        return [...value.matchAll(names)].map(({ groups = {} }) => {
            const { service = "", named, a, b } = groups;
            const number = Number(a ?? b ?? port);
            assert.ok(named !== undefined || number > 0, `${value} has no port`);
            return { service, port: named ?? number };
        });
    }
    const around = isRecord(value) && ["number", "string"].includes(typeof value.port) ? Number(value.port) : port;
    return typeof value === "object" && value !== null
        ? Object.values(value).flatMap((child) => addressesOf(child, names, around))
        : [];
}

/** The workload and the port of its pods that a port of a Service leads to. */
function behind(name: string, port: Address["port"], manifests: readonly Manifest[]): string {
    const service = manifests.find(({ kind, metadata }) => kind === "Service" && metadata.name === name);
    assert.ok(service);
    const ports = at(service, "spec", "ports") as readonly { name: string; port: number; targetPort: string }[];
    const target = ports.find((candidate) => candidate.port === port || candidate.name === port)?.targetPort;
    const selector = Object.entries(Object(at(service, "spec", "selector")) as object);
    const workload = manifests
        .filter(isWorkload)
        .find((candidate) =>
            selector.every(([label, value]) => podOf(candidate).metadata.labels[label] === (value as string)),
        );
    assert.ok(workload, `nothing stands behind Service ${name}`);
    const podPort = containerOf(workload).ports.find((candidate) => candidate.name === target)?.containerPort;
    assert.ok(podPort !== undefined, `Service ${name} has no port ${port}`);
    return `${workload.metadata.name}:${podPort}`;
}
