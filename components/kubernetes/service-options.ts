import type { types } from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { ServiceSettings } from "../../config/schema/schema";

/**
 * Adds what the settings say about all Services. The labels and annotations of the stack take precedence.
 *
 * A transformation, so that it applies to all Services, including those of new components.
 */
export function createServiceTransformation(services: ServiceSettings): pulumi.ResourceTransformation {
    const { annotations, ipFamilies, ipFamilyPolicy, labels } = services;
    return ({ opts, props, type }) => {
        if (type !== "kubernetes:core/v1:Service") {
            return undefined;
        }
        const { metadata, spec } = props as {
            readonly metadata: { readonly annotations?: object; readonly labels?: object };
            readonly spec: types.input.core.v1.ServiceSpec;
        };
        return {
            props: {
                ...props,
                metadata: {
                    ...metadata,
                    labels: { ...labels, ...metadata.labels },
                    annotations: { ...annotations, ...metadata.annotations },
                },
                spec: {
                    ...spec,
                    ...(ipFamilyPolicy === undefined ? {} : { ipFamilyPolicy }),
                    ...(ipFamilies === undefined ? {} : { ipFamilies: [...ipFamilies] }),
                },
            },
            opts,
        };
    };
}
