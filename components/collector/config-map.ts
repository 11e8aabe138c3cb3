import type * as pulumi from "@pulumi/pulumi";
import { createHashedConfigMap } from "../kubernetes/config-map";
import type { Labels } from "../kubernetes/labels";
import { renderYaml } from "../telemetry/yaml";

/**
 * Creates the ConfigMap with the configuration of a Collector.
 *
 * @returns the name of the ConfigMap.
 */
export function createCollectorConfigMap(
    name: string,
    config: object,
    { namespace, labels }: { readonly namespace: pulumi.Input<string>; readonly labels: Labels },
    opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
    const data = { "config.yaml": renderYaml(config) };
    return createHashedConfigMap(`${name}-config`, { namespace, labels: labels.all, data }, opts).metadata.name;
}
