import type { ProgramFolders } from "./build";
import { VERSIONS } from "./go-modules";
import { type Image, packImage } from "./pack-image";
import { PROMETHEUS_FOLDER, listPrometheusUiFiles } from "./prometheus-ui";
import { buildShopFiles, readShopVersion } from "./shop-image";
import { findToolboxFiles } from "./toolbox-image";

interface StaticProgram extends Pick<Image, "args" | "name" | "user" | "workingDirectory"> {
    /** Program in sandbox/go-modules.ts. */
    readonly program: string;
    /** Path of the program in the official image, so that pods run both images with the same arguments. */
    readonly path: string;
}

const REPOSITORY = "localhost/otel-sandbox";

export const PAUSE_IMAGE = `${REPOSITORY}/pause:1`;
export const COREDNS_IMAGE = `${REPOSITORY}/coredns:${VERSIONS.coredns}`;
export const METRICS_SERVER_IMAGE = `${REPOSITORY}/metrics-server:${VERSIONS.metricsServer}`;
const PROMETHEUS_IMAGE = `${REPOSITORY}/prometheus:${VERSIONS.prometheus}`;
export const TOOLBOX_IMAGE = `${REPOSITORY}/toolbox:1`;

/** Image without an entrypoint, so that the arguments after `--` of `kubectl run` are the command. */
const TOOLBOX = { name: TOOLBOX_IMAGE, entrypoint: [], args: ["sh"], user: 65532 } as const;

/** Image of the application in shop/. */
export const SHOP_IMAGE = { name: `${REPOSITORY}/shop:${readShopVersion()}`, user: 10001 } as const;

const STATIC_PROGRAMS: readonly StaticProgram[] = [
    { name: PAUSE_IMAGE, program: "pause", path: "/pause", user: 65535 },
    { name: COREDNS_IMAGE, program: "coredns", path: "/coredns", user: 65532 },
    { name: METRICS_SERVER_IMAGE, program: "metrics-server", path: "/metrics-server", user: 65534 },
    {
        name: `${REPOSITORY}/otelcol-contrib:${VERSIONS.collector}`,
        program: "otelcol-contrib",
        path: "/otelcol-contrib",
        args: ["--config", "/etc/otelcol-contrib/config.yaml"],
        user: 10001,
    },
    {
        name: `${REPOSITORY}/otelcol-agent:${VERSIONS.collector}`,
        program: "otelcol-agent",
        path: "/otelcol-contrib",
        args: ["--config", "/etc/otelcol-contrib/config.yaml"],
        user: 10001,
    },
    {
        name: `${REPOSITORY}/telemetrygen:${VERSIONS.telemetrygen}`,
        program: "telemetrygen",
        path: "/telemetrygen",
        user: 10001,
    },
    {
        name: `${REPOSITORY}/jaeger:${VERSIONS.jaeger}`,
        program: "jaeger",
        path: "/cmd/jaeger/jaeger-linux",
        user: 10001,
    },
    {
        name: `${REPOSITORY}/victoria-logs:${VERSIONS.victoriaLogs}`,
        program: "victoria-logs",
        path: "/victoria-logs-prod",
        user: 65534,
    },
    {
        name: `${REPOSITORY}/alertmanager:${VERSIONS.alertmanager}`,
        program: "alertmanager",
        path: "/bin/alertmanager",
        user: 65534,
    },
    {
        name: PROMETHEUS_IMAGE,
        program: "prometheus",
        path: "/bin/prometheus",
        user: 65534,
        workingDirectory: PROMETHEUS_FOLDER,
    },
];

/** Images that contain one built program each. */
export const IMAGES: readonly Image[] = STATIC_PROGRAMS.map(({ program, path: to, ...image }) => ({
    ...image,
    files: [{ from: program, to, mode: 0o755 }],
    entrypoint: [to],
}));

/** Packs all images of the sandbox, and returns the paths of their archives. */
export async function packImages(folders: ProgramFolders): Promise<readonly string[]> {
    const shop = { ...SHOP_IMAGE, ...(await buildShopFiles()) };
    const ui = await listPrometheusUiFiles();
    const images = IMAGES.map((image) =>
        image.name === PROMETHEUS_IMAGE ? { ...image, files: [...image.files, ...ui] } : image,
    );
    const toolbox = { ...TOOLBOX, ...(await findToolboxFiles()) };
    return Promise.all([...images, shop, toolbox].map((image) => packImage(image, folders)));
}
