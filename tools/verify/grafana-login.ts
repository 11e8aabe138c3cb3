import * as z from "zod";
import { GRAFANA_ADMIN } from "../../components/grafana/config";
import { GRAFANA_SECRET_KEYS } from "../../config/model/existing-secrets";
import { kubectl } from "../stack/kubectl";
import type { Stack } from "../stack/stack";
import type { GrafanaLogin } from "./grafana";

const deploymentSchema = z.object({
    spec: z.object({
        template: z.object({
            spec: z.object({
                volumes: z.array(z.object({ secret: z.object({ secretName: z.string() }).optional() })),
            }),
        }),
    }),
});

/** Reads the Grafana credentials from the Secret that its pod mounts. */
export async function readGrafanaLogin(stack: Stack, namespace: string): Promise<GrafanaLogin> {
    const get = async (...args: readonly string[]): Promise<string> => {
        const { stdout } = await kubectl(stack, ["get", "--namespace", namespace, ...args], {});
        return stdout;
    };
    const { spec } = deploymentSchema.parse(JSON.parse(await get("deployment", "grafana", "--output", "json")));
    const secret = spec.template.spec.volumes.map((volume) => volume.secret?.secretName).find(Boolean);
    if (secret === undefined) {
        throw new Error(`Deployment grafana in Namespace ${namespace} mounts no Secret with the password`);
    }
    const encoded = await get("secret", secret, "--output", `jsonpath={.data.${GRAFANA_SECRET_KEYS.password}}`);
    return { user: GRAFANA_ADMIN, password: Buffer.from(encoded, "base64").toString("utf8") };
}
