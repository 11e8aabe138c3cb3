import type { Flow, Protocol } from "../components/network/flows";
import { nameOf } from "../components/network/policies";
import { destinationsOf } from "../config/destinations";
import type { LabelSet } from "../config/kinds";
import type { StackSettings } from "../config/schema";
import { validate } from "../config/validate";
import { type Manifest, type Settings, isRecord } from "./mocked-stack";

/** A connection that somebody might try to open. */
export interface Connection {
    /** `from -> to:port/protocol`, for people to read. */
    readonly name: string;
    /** Whether the flows have it. */
    readonly expected: boolean;
    /** As cyclonus reads it. */
    readonly traffic: object;
}

/** Who might open a connection, or be connected to. */
interface End {
    readonly name: string;
    /** The party of the flows that it belongs to; strangers belong to none. */
    readonly party?: string;
    /** Whether it is a workload of the stack. */
    readonly own: boolean;
    readonly peer: { readonly Internal: object | null; readonly IP: string };
}

interface Port {
    readonly port: number;
    readonly protocol: Protocol;
}

const POD_IP = "10.0.0.1";

/**
 * All connections between the workloads of a stack, and between each of them and those outside, to each port that any
 * container declares and to DNS.
 */
export function connectionsOf(
    manifests: readonly Manifest[],
    settings: Settings,
    flows: readonly Flow[],
): readonly Connection[] {
    const { settings: valid } = validate(settings);
    if (valid === undefined) {
        throw new Error("the settings are not valid");
    }
    const workloads = manifests.flatMap(workloadIn);
    const own = workloads.map(({ end }) => end);
    const ends = [...own, ...insiders(valid), ...strangers(valid.networkPolicies, manifests)];
    const ports = portsToTry(
        workloads.flatMap((workload) => workload.ports),
        valid.networkPolicies.dns.port,
    );
    return ends.flatMap((from) =>
        ends.filter((to) => from.own || to.own).flatMap((to) => ports.map((port) => connection(from, to, port, flows))),
    );
}

function connection(from: End, to: End, { port, protocol }: Port, flows: readonly Flow[]): Connection {
    return {
        name: `${from.name} -> ${to.name}:${port}/${protocol}`,
        expected: flows.some(
            (flow) =>
                nameOf(flow.from) === from.party &&
                nameOf(flow.to) === to.party &&
                flow.port === port &&
                (flow.protocols ?? ["TCP"]).includes(protocol),
        ),
        traffic: { Source: from.peer, Destination: to.peer, ResolvedPort: port, Protocol: protocol },
    };
}

function portsToTry(declared: readonly number[], dns: number): readonly Port[] {
    const tcp = [...new Set([...declared, dns])].map((port): Port => ({ port, protocol: "TCP" }));
    return [...tcp, { port: dns, protocol: "UDP" }];
}

/** A workload of the stack and the ports that it declares; nothing for an object without pods. */
function workloadIn({ metadata, spec }: Manifest): { readonly end: End; readonly ports: readonly number[] }[] {
    const template = isRecord(spec) ? spec.template : undefined;
    if (!isPodTemplate(template)) {
        return [];
    }
    const { name, namespace = "" } = metadata;
    const pod = podIn(namespace, { "kubernetes.io/metadata.name": namespace }, template.metadata.labels);
    const ports = template.spec.containers.flatMap(({ ports: declared = [] }) => declared);
    return [
        { end: { name, party: name, own: true, peer: pod }, ports: ports.map(({ containerPort }) => containerPort) },
    ];
}

interface PodTemplate {
    readonly metadata: { readonly labels: LabelSet };
    readonly spec: {
        readonly containers: readonly { readonly ports?: readonly { readonly containerPort: number }[] }[];
    };
}

function isPodTemplate(value: unknown): value is PodTemplate {
    return isRecord(value) && isRecord(value.metadata) && isRecord(value.spec) && Array.isArray(value.spec.containers);
}

/** Those outside whom the settings name. */
function insiders(settings: StackSettings): readonly End[] {
    const {
        networkPolicies,
        publish: { controller },
    } = settings;
    const { senders, viewers, scrapers, dns } = networkPolicies;
    const from = (party: string, namespaces: readonly LabelSet[]) =>
        namespaces.map((labels) => outside(`${party} (${JSON.stringify(labels)})`, podIn("other", labels), party));
    return [
        ...from("senders", senders),
        ...from("viewers", viewers),
        ...from("scrapers", scrapers),
        ...from("controller", controller.namespaces),
        ...controller.cidrs.map((cidr) => outside(`controller at ${cidr}`, addressIn(cidr), "controller")),
        ...destinationsOf(settings).flatMap(({ name, egress: { cidrs = [], namespaces } }) => [
            ...from(name, namespaces),
            ...cidrs.map((cidr) => outside(`${name} at ${cidr}`, addressIn(cidr), name)),
        ]),
        outside("DNS", podIn("dns", dns.namespace, dns.pods), "dns"),
        ...dns.cidrs.map((cidr) => outside(`DNS at ${cidr}`, addressIn(cidr), "dns")),
    ];
}

/** Those outside who come close to somebody whom a policy lets in. */
function strangers({ senders, dns }: StackSettings["networkPolicies"], manifests: readonly Manifest[]): readonly End[] {
    const workloads = manifests.flatMap(workloadIn);
    const namespace = manifests.find(({ metadata }) => metadata.namespace !== undefined)?.metadata.namespace ?? "";
    const elsewhere = { "kubernetes.io/metadata.name": "elsewhere" };
    const some = senders.flatMap((labels) =>
        Object.entries(labels)
            .slice(1)
            .map(([key, value]) => ({ [key]: value })),
    );
    return [
        outside("a stranger's pod in the Namespace", podIn(namespace, { "kubernetes.io/metadata.name": namespace })),
        outside("a pod elsewhere", podIn("elsewhere", elsewhere)),
        outside("an address outside of the cluster", addressIn("203.0.113.7/32")),
        outside("a pod beside DNS", podIn("dns", dns.namespace)),
        outside("a pod elsewhere with the labels of DNS", podIn("elsewhere", elsewhere, dns.pods)),
        ...some.map((labels) => outside("a pod of a Namespace with some labels of a sender's", podIn("other", labels))),
        ...workloads.map(({ end: { name, peer } }) =>
            outside(`a pod elsewhere with the labels of ${name}`, {
                ...peer,
                Internal: { ...peer.Internal, Namespace: "elsewhere", NamespaceLabels: elsewhere },
            }),
        ),
    ];
}

function outside(name: string, peer: End["peer"], party?: string): End {
    return { name, own: false, peer, ...(party === undefined ? {} : { party }) };
}

function podIn(namespace: string, namespaceLabels: LabelSet, labels: LabelSet = { app: "any" }): End["peer"] {
    return { Internal: { Namespace: namespace, NamespaceLabels: namespaceLabels, PodLabels: labels }, IP: POD_IP };
}

function addressIn(cidr: string): End["peer"] {
    return { Internal: null, IP: cidr.replace(/\/.*/, "") };
}
