import { SHOP_IMAGE } from "../../../sandbox/images";
import { NODE_IN_IMAGE } from "../../../sandbox/shop-image";
import { apply, kubectl, NAMESPACE, KUBECTL_TIMEOUT } from "./cluster";
import { bundleScript, renderExternalProgram } from "./external-program";

/** Another Namespace of the sandbox, for the receiver of notifications. */
export const RECEIVER_NAMESPACE = `${NAMESPACE}-receivers`;
const NAME = "webhook";
const PORT = 8080;

export const WEBHOOK_URL = `http://${NAME}.${RECEIVER_NAMESPACE}:${PORT}/alerts`;

/** A notification, in the format of Alertmanager's webhooks. */
export interface Notification {
    readonly authorization: string;
    readonly receiver: string;
    readonly status: "firing" | "resolved";
    readonly groupLabels: Readonly<Record<string, string>>;
    readonly alerts: readonly {
        readonly status: "firing" | "resolved";
        readonly labels: Readonly<Record<string, string>>;
        readonly annotations: Readonly<Record<string, string>>;
    }[];
}

export async function startWebhookReceiver(): Promise<void> {
    await apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: RECEIVER_NAMESPACE } });
    await apply(
        ...renderExternalProgram(NAME, RECEIVER_NAMESPACE, {
            image: SHOP_IMAGE.name,
            command: [NODE_IN_IMAGE, `/etc/${NAME}/main.js`],
            files: { "main.js": await bundleScript("webhook-stub.ts") },
            ports: [PORT],
            ready: PORT,
        }),
    );
    await kubectl("rollout", "status", "-n", RECEIVER_NAMESPACE, `deployment/${NAME}`, KUBECTL_TIMEOUT);
}

export async function stopWebhookReceiver(): Promise<void> {
    await kubectl("delete", "namespace", RECEIVER_NAMESPACE, "--ignore-not-found", "--wait=true", KUBECTL_TIMEOUT);
}

/** The notifications since the start of the receiver, in the order of their arrival. */
export async function listNotifications(): Promise<readonly Notification[]> {
    const proxy = `/api/v1/namespaces/${RECEIVER_NAMESPACE}/services/${NAME}:${PORT}/proxy/`;
    return JSON.parse(await kubectl("get", "--raw", proxy)) as Notification[];
}
