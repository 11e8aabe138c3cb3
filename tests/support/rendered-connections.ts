import assert from "node:assert/strict";
import { parse } from "yaml";
import { type Manifest, isRecord } from "../../tools/render/program";
import { type Container, type PodTemplate, getField, getContainer, isWorkload, getPodTemplate } from "./manifests";

/** Every connection that a workload of the stack is configured to make to another, as `from -> to:port` of the pods. */
export function findConnections(manifests: readonly Manifest[]): string[] {
    const services = manifests.filter(({ kind }) => kind === "Service");
    const names = new RegExp(renderServicePattern(services), "g");
    const found = manifests.filter(isWorkload).flatMap((workload) =>
        listConfiguration(workload, manifests)
            .flatMap((text) => parseAddresses(text, names))
            .map(({ service, port }) => `${workload.metadata.name} -> ${resolveTargetPort(service, port, manifests)}`),
    );
    return [...new Set(found)].sort();
}

interface Address {
    readonly service: string;
    /** Its number, or its name. */
    readonly port: number | string;
}

/** A Service's name with the Namespace, a port or both after it; that of one of its pods or ports may precede it. */
function renderServicePattern(services: readonly Manifest[]): string {
    const [first] = services;
    const anyName = services.map(({ metadata }) => metadata.name).join("|");
    return `(?<![\\w.-])(?:[a-z-]+-\\d+\\.|_(?<named>[a-z-]+)\\._tcp\\.)?(?<service>${anyName})(?:\\.${first?.metadata.namespace}(?:\\.svc[\\w.]*)?(?::(?<a>\\d+))?|:(?<b>\\d+))(?![\\w-])`;
}

/** Arguments and environment of a workload, and the files that it mounts. */
function listConfiguration(workload: Manifest, manifests: readonly Manifest[]): readonly string[] {
    const { args = [], env = [] } = getContainer(workload) as Partial<Container>;
    const { volumes = [] } = getPodTemplate(workload).spec as Partial<PodTemplate["spec"]>;
    const mounted = volumes.map(({ configMap }: Partial<(typeof volumes)[number]>) => configMap?.name);
    const files = manifests
        .filter(({ kind, metadata }) => kind === "ConfigMap" && mounted.includes(metadata.name))
        .flatMap((configMap) => Object.values(Object(getField(configMap, "data")) as Record<string, string>));
    return [...args, ...env.map(({ value = "" }: Partial<(typeof env)[number]>) => value), ...files];
}

function parseAddresses(text: string, names: RegExp): Address[] {
    // Most files name no address; that of the dashboards alone takes a while to parse.
    return text.search(names) >= 0 ? findAddresses(parse(text) as unknown, names) : [];
}

/** @param port What the record around a host without a port says, as for Prometheus' discovery by DNS. */
function findAddresses(value: unknown, names: RegExp, port?: number): Address[] {
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
        ? Object.values(value).flatMap((child) => findAddresses(child, names, around))
        : [];
}

/** The workload and the port of its pods that a port of a Service leads to. */
function resolveTargetPort(name: string, port: Address["port"], manifests: readonly Manifest[]): string {
    const service = manifests.find(({ kind, metadata }) => kind === "Service" && metadata.name === name);
    assert.ok(service);
    const ports = getField(service, "spec", "ports") as readonly { name: string; port: number; targetPort: string }[];
    const target = ports.find((candidate) => candidate.port === port || candidate.name === port)?.targetPort;
    const selector = Object.entries(Object(getField(service, "spec", "selector")) as object);
    const workload = manifests
        .filter(isWorkload)
        .find((candidate) =>
            selector.every(([label, value]) => getPodTemplate(candidate).metadata.labels[label] === (value as string)),
        );
    assert.ok(workload, `Service ${name} selects no workload`);
    const podPort = getContainer(workload).ports.find((candidate) => candidate.name === target)?.containerPort;
    assert.ok(podPort !== undefined, `Service ${name} has no port ${port}`);
    return `${workload.metadata.name}:${podPort}`;
}
