import * as path from "node:path";
import { execa } from "execa";
import { loadImages } from "../../../sandbox/cluster";
import { type Image, packImage } from "../../../sandbox/pack-image";
import { ROOT } from "../../../sandbox/directories";
import { E2E_MODULES, VERSIONS } from "../../../sandbox/go-modules";
import { buildModule } from "../../../sandbox/start";
import { apply, kubectl, NAMESPACE, KUBECTL_TIMEOUT } from "./cluster";

export const TRAEFIK = "traefik";
/** Namespace of the controller, which differs from the stack's. */
export const TRAEFIK_NAMESPACE = `${NAMESPACE}-traefik`;
/** Class of the Ingresses and Gateways that it handles. */
export const CONTROLLER_CLASS = "e2e";
/** Its ports, which are those of a Gateway's listeners too, and the node's ports for them. */
export const LISTENER_PORTS = { http: 8000, https: 8443 } as const;
export const NODE_PORTS = { http: 32080, https: 32443 } as const;

const IMAGE: Image = {
    name: `localhost/otel-sandbox/traefik:${VERSIONS.traefik}`,
    files: [{ from: "traefik", to: "/traefik", mode: 0o755 }],
    entrypoint: ["/traefik"],
    user: 65532,
};
const MODULE = path.join(ROOT, "sandbox/modules/traefik");
const LABELS = { app: TRAEFIK };
const ACCOUNT = { name: TRAEFIK, namespace: TRAEFIK_NAMESPACE };

/** The CRDs of the Gateway API's standard channel, from the Go module that Traefik is built with. */
async function findGatewayApiDirectory(): Promise<string> {
    const { stdout } = await execa("go", ["mod", "download", "-json", "sigs.k8s.io/gateway-api"], {
        cwd: MODULE,
        env: { GOWORK: "off", GOFLAGS: "-mod=readonly" },
    });
    const { Dir } = JSON.parse(stdout) as { readonly Dir: string };
    return path.join(Dir, "config/crd/standard");
}

export async function installGatewayApi(): Promise<void> {
    const folder = await findGatewayApiDirectory();
    await kubectl("apply", "--server-side", `--filename=${folder}`);
    await kubectl("wait", "crd", "--all", "--for=condition=Established", KUBECTL_TIMEOUT);
}

export async function removeGatewayApi(): Promise<void> {
    await kubectl("delete", "--ignore-not-found", `--filename=${await findGatewayApiDirectory()}`);
}

/** Builds Traefik if necessary, and loads its image into the node. */
export async function loadTraefikImage(): Promise<void> {
    const [module] = E2E_MODULES.filter(({ name }) => name === TRAEFIK);
    if (module === undefined) {
        throw new Error("sandbox/go-modules.ts has no module traefik");
    }
    await loadImages([await packImage(IMAGE, new Map([[TRAEFIK, await buildModule(module)]]))]);
}

/** Starts Traefik for both APIs. The machine reaches it through ports of the node. */
export async function startTraefik(): Promise<void> {
    await apply(...renderObjects());
    await kubectl("rollout", "status", "-n", TRAEFIK_NAMESPACE, `deployment/${TRAEFIK}`, KUBECTL_TIMEOUT);
}

export async function stopTraefik(): Promise<void> {
    await kubectl("delete", "namespace", TRAEFIK_NAMESPACE, "--ignore-not-found");
    const clusterWide = [`clusterrole/${TRAEFIK}`, `clusterrolebinding/${TRAEFIK}`, `ingressclass/${CONTROLLER_CLASS}`];
    await kubectl("delete", "--ignore-not-found", ...clusterWide);
}

function renderObjects(): readonly object[] {
    const metadata = { name: TRAEFIK, namespace: TRAEFIK_NAMESPACE, labels: LABELS };
    return [
        { apiVersion: "v1", kind: "Namespace", metadata: { name: TRAEFIK_NAMESPACE } },
        { apiVersion: "v1", kind: "ServiceAccount", metadata },
        ...renderRbac(),
        {
            apiVersion: "networking.k8s.io/v1",
            kind: "IngressClass",
            metadata: { name: CONTROLLER_CLASS },
            // With this controller name, Traefik reads the annotations of ingress-nginx.
            spec: { controller: "k8s.io/ingress-nginx" },
        },
        {
            apiVersion: "gateway.networking.k8s.io/v1",
            kind: "GatewayClass",
            metadata: { name: CONTROLLER_CLASS },
            spec: { controllerName: "traefik.io/gateway-controller" },
        },
        {
            apiVersion: "v1",
            kind: "Service",
            metadata,
            spec: {
                type: "NodePort",
                selector: LABELS,
                ports: [
                    { name: "http", port: 80, targetPort: "http", nodePort: NODE_PORTS.http },
                    { name: "https", port: 443, targetPort: "https", nodePort: NODE_PORTS.https },
                ],
            },
        },
        { apiVersion: "apps/v1", kind: "Deployment", metadata, spec: renderDeployment() },
    ];
}

function renderDeployment(): object {
    return {
        selector: { matchLabels: LABELS },
        template: {
            metadata: { labels: LABELS },
            spec: {
                serviceAccountName: TRAEFIK,
                containers: [
                    {
                        name: TRAEFIK,
                        image: IMAGE.name,
                        args: [
                            `--entryPoints.http.address=:${LISTENER_PORTS.http}`,
                            `--entryPoints.https.address=:${LISTENER_PORTS.https}`,
                            "--entryPoints.health.address=:8080",
                            "--ping.entryPoint=health",
                            "--providers.kubernetesGateway=true",
                            "--providers.kubernetesIngressNGINX=true",
                            "--providers.kubernetesIngressNGINX.httpEntryPoint=http",
                            "--providers.kubernetesIngressNGINX.httpsEntryPoint=https",
                            // No connections out of the sandbox.
                            "--global.checkNewVersion=false",
                            "--global.sendAnonymousUsage=false",
                        ],
                        ports: [
                            { name: "http", containerPort: LISTENER_PORTS.http },
                            { name: "https", containerPort: LISTENER_PORTS.https },
                            { name: "health", containerPort: 8080 },
                        ],
                        readinessProbe: { httpGet: { path: "/ping", port: "health" }, periodSeconds: 1 },
                        resources: { requests: { cpu: "20m", memory: "64Mi" }, limits: { memory: "256Mi" } },
                    },
                ],
            },
        },
    };
}

const READ_VERBS = ["get", "list", "watch"] as const;

function renderRbac(): readonly object[] {
    const gateway = "gateway.networking.k8s.io";
    const routes = ["gatewayclasses", "gateways", "httproutes", "grpcroutes", "tcproutes", "tlsroutes"];
    return [
        {
            apiVersion: "rbac.authorization.k8s.io/v1",
            kind: "ClusterRole",
            metadata: { name: TRAEFIK },
            rules: [
                { apiGroups: [""], resources: ["namespaces", "services", "secrets", "configmaps"], verbs: READ_VERBS },
                { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: READ_VERBS },
                { apiGroups: ["networking.k8s.io"], resources: ["ingresses", "ingressclasses"], verbs: READ_VERBS },
                { apiGroups: ["networking.k8s.io"], resources: ["ingresses/status"], verbs: ["update"] },
                {
                    apiGroups: [gateway],
                    resources: [...routes, "referencegrants", "backendtlspolicies"],
                    verbs: READ_VERBS,
                },
                {
                    apiGroups: [gateway],
                    resources: [...routes, "backendtlspolicies"].map((kind) => `${kind}/status`),
                    verbs: ["update"],
                },
            ],
        },
        {
            apiVersion: "rbac.authorization.k8s.io/v1",
            kind: "ClusterRoleBinding",
            metadata: { name: TRAEFIK },
            roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: TRAEFIK },
            subjects: [{ kind: "ServiceAccount", ...ACCOUNT }],
        },
    ];
}
