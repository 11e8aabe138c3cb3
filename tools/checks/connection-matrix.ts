import type { Flow, Protocol } from "../../components/network-policies/flow";
import { endpointName } from "../../components/network-policies/render";
import { resolvePlan } from "../../config/model/plan";
import type { LabelSet } from "../../config/types/labels";
import type { StackSettings } from "../../config/schema/schema";
import { validate } from "../../config/validate";
import { type Manifest, type Settings, isRecord } from "../render/program";

/** A connection from one endpoint to a port of another. */
export interface Connection {
    /** `from -> to:port/protocol`, for messages. */
    readonly name: string;
    /** Whether a flow of the stack allows the connection. */
    readonly expected: boolean;
    /** The connection in the format of cyclonus' traffic file. */
    readonly traffic: object;
}

/** A source or destination of a connection. */
interface Endpoint {
    readonly name: string;
    /** The endpoint name in the flows. Unset for endpoints that no flow refers to. */
    readonly party?: string;
    /** Whether the endpoint is a workload of the stack. */
    readonly isWorkload: boolean;
    readonly peer: { readonly Internal: object | null; readonly IP: string };
}

interface Port {
    readonly port: number;
    readonly protocol: Protocol;
}

const POD_IP = "10.0.0.1";

/**
 * Lists all connections between workloads of the stack, and between workloads and external endpoints, to every declared
 * container port and to the DNS port.
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

/** Returns the workload and its declared container ports, or an empty list for an object without a pod template. */
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

/** Returns the external endpoints that the settings allow. */
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

/** Returns external endpoints that match an allowed peer only in part. The policies must deny them. */
function unrelatedPeers(
    { allowOtlpFrom, dns }: StackSettings["networkPolicies"],
    manifests: readonly Manifest[],
): readonly Endpoint[] {
    const workloads = manifests.flatMap(parseWorkload);
    const namespace = manifests.find(({ metadata }) => metadata.namespace !== undefined)?.metadata.namespace ?? "";
    const otherNamespace = { "kubernetes.io/metadata.name": "unrelated" };
    const partialLabels = allowOtlpFrom.flatMap((labels) =>
        Object.entries(labels)
            .slice(1)
            .map(([key, value]) => ({ [key]: value })),
    );
    return [
        externalEndpoint(
            "an unrelated pod in the Namespace",
            renderPodPeer(namespace, { "kubernetes.io/metadata.name": namespace }),
        ),
        externalEndpoint("a pod in another Namespace", renderPodPeer("unrelated", otherNamespace)),
        externalEndpoint("an address outside the cluster", renderAddressPeer("203.0.113.7/32")),
        externalEndpoint("another pod in the DNS Namespace", renderPodPeer("dns", dns.namespace)),
        externalEndpoint(
            "a pod in another Namespace with the labels of DNS",
            renderPodPeer("unrelated", otherNamespace, dns.pods),
        ),
        ...partialLabels.map((labels) =>
            externalEndpoint("a pod in a Namespace with some of a sender's labels", renderPodPeer("other", labels)),
        ),
        ...workloads.map(({ end: { name, peer } }) =>
            externalEndpoint(`a pod in another Namespace with the labels of ${name}`, {
                ...peer,
                Internal: { ...peer.Internal, Namespace: "unrelated", NamespaceLabels: otherNamespace },
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
