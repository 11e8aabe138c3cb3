import type { Flow, Protocol } from "../../components/stack/flows";
import { endpointName } from "../../components/network-policies/render";
import { resolvePlan } from "../../config/model/plan";
import type { LabelSet } from "../../config/types/values";
import type { StackSettings } from "../../config/schema/schema";
import { validate } from "../../config/validate";
import { type Manifest, type Settings, isRecord } from "../render/program";

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
interface Endpoint {
    readonly name: string;
    /** The party of the flows that it belongs to; strangers belong to none. */
    readonly party?: string;
    /** Whether it is a workload of the stack. */
    readonly isWorkload: boolean;
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
export function buildConnectionMatrix(
    manifests: readonly Manifest[],
    settings: Settings,
    flows: readonly Flow[],
): readonly Connection[] {
    const { settings: valid } = validate(settings);
    if (valid === undefined) {
        throw new Error("the settings are not valid");
    }
    const workloads = manifests.flatMap(parseWorkload);
    const stackEndpoints = workloads.map(({ end }) => end);
    const endpoints = [...stackEndpoints, ...allowedPeers(valid), ...unrelatedPeers(valid.networkPolicies, manifests)];
    const ports = resolvePorts(
        workloads.flatMap((workload) => workload.ports),
        valid.networkPolicies.dns.port,
    );
    return endpoints.flatMap((from) =>
        endpoints
            .filter((to) => from.isWorkload || to.isWorkload)
            .flatMap((to) => ports.map((port) => buildConnection(from, to, port, flows))),
    );
}

function buildConnection(from: Endpoint, to: Endpoint, { port, protocol }: Port, flows: readonly Flow[]): Connection {
    return {
        name: `${from.name} -> ${to.name}:${port}/${protocol}`,
        expected: flows.some(
            (flow) =>
                endpointName(flow.from) === from.party &&
                endpointName(flow.to) === to.party &&
                flow.port === port &&
                (flow.protocols ?? ["TCP"]).includes(protocol),
        ),
        traffic: { Source: from.peer, Destination: to.peer, ResolvedPort: port, Protocol: protocol },
    };
}

function resolvePorts(declared: readonly number[], dns: number): readonly Port[] {
    const tcp = [...new Set([...declared, dns])].map((port): Port => ({ port, protocol: "TCP" }));
    return [...tcp, { port: dns, protocol: "UDP" }];
}

/** A workload of the stack and the ports that it declares; nothing for an object without pods. */
function parseWorkload({ metadata, spec }: Manifest): { readonly end: Endpoint; readonly ports: readonly number[] }[] {
    const template = isRecord(spec) ? spec.template : undefined;
    if (!isPodTemplate(template)) {
        return [];
    }
    const { name, namespace = "" } = metadata;
    const pod = renderPodPeer(namespace, { "kubernetes.io/metadata.name": namespace }, template.metadata.labels);
    const ports = template.spec.containers.flatMap(({ ports: declared = [] }) => declared);
    return [
        {
            end: { name, party: name, isWorkload: true, peer: pod },
            ports: ports.map(({ containerPort }) => containerPort),
        },
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
function allowedPeers(settings: StackSettings): readonly Endpoint[] {
    const {
        networkPolicies,
        expose: { controller },
    } = settings;
    const { allowOtlpFrom, allowUiFrom, allowScrapeFrom, dns } = networkPolicies;
    const from = (party: string, namespaces: readonly LabelSet[]) =>
        namespaces.map((labels) =>
            externalEndpoint(`${party} (${JSON.stringify(labels)})`, renderPodPeer("other", labels), party),
        );
    return [
        ...from("senders", allowOtlpFrom),
        ...from("viewers", allowUiFrom),
        ...from("scrapers", allowScrapeFrom),
        ...from("controller", controller.namespaceSelectors),
        ...controller.cidrs.map((cidr) =>
            externalEndpoint(`controller at ${cidr}`, renderAddressPeer(cidr), "controller"),
        ),
        ...resolvePlan(settings).destinations.flatMap(({ name, egress: { cidrs = [], namespaceSelectors } }) => [
            ...from(name, namespaceSelectors),
            ...cidrs.map((cidr) => externalEndpoint(`${name} at ${cidr}`, renderAddressPeer(cidr), name)),
        ]),
        externalEndpoint("DNS", renderPodPeer("dns", dns.namespace, dns.pods), "dns"),
        ...dns.cidrs.map((cidr) => externalEndpoint(`DNS at ${cidr}`, renderAddressPeer(cidr), "dns")),
    ];
}

/** Those outside who come close to somebody whom a policy lets in. */
function unrelatedPeers(
    { allowOtlpFrom, dns }: StackSettings["networkPolicies"],
    manifests: readonly Manifest[],
): readonly Endpoint[] {
    const workloads = manifests.flatMap(parseWorkload);
    const namespace = manifests.find(({ metadata }) => metadata.namespace !== undefined)?.metadata.namespace ?? "";
    const otherNamespace = { "kubernetes.io/metadata.name": "elsewhere" };
    const partialLabels = allowOtlpFrom.flatMap((labels) =>
        Object.entries(labels)
            .slice(1)
            .map(([key, value]) => ({ [key]: value })),
    );
    return [
        externalEndpoint(
            "a stranger's pod in the Namespace",
            renderPodPeer(namespace, { "kubernetes.io/metadata.name": namespace }),
        ),
        externalEndpoint("a pod elsewhere", renderPodPeer("elsewhere", otherNamespace)),
        externalEndpoint("an address outside of the cluster", renderAddressPeer("203.0.113.7/32")),
        externalEndpoint("a pod beside DNS", renderPodPeer("dns", dns.namespace)),
        externalEndpoint(
            "a pod elsewhere with the labels of DNS",
            renderPodPeer("elsewhere", otherNamespace, dns.pods),
        ),
        ...partialLabels.map((labels) =>
            externalEndpoint("a pod of a Namespace with some labels of a sender's", renderPodPeer("other", labels)),
        ),
        ...workloads.map(({ end: { name, peer } }) =>
            externalEndpoint(`a pod elsewhere with the labels of ${name}`, {
                ...peer,
                Internal: { ...peer.Internal, Namespace: "elsewhere", NamespaceLabels: otherNamespace },
            }),
        ),
    ];
}

function externalEndpoint(name: string, peer: Endpoint["peer"], party?: string): Endpoint {
    return { name, isWorkload: false, peer, ...(party === undefined ? {} : { party }) };
}

function renderPodPeer(
    namespace: string,
    namespaceLabels: LabelSet,
    labels: LabelSet = { app: "any" },
): Endpoint["peer"] {
    return { Internal: { Namespace: namespace, NamespaceLabels: namespaceLabels, PodLabels: labels }, IP: POD_IP };
}

function renderAddressPeer(cidr: string): Endpoint["peer"] {
    return { Internal: null, IP: cidr.replace(/\/.*/, "") };
}
