import * as pulumi from "@pulumi/pulumi";

/** The name in Pulumi.yaml, with which the keys of settings begin. */
const PROJECT_NAME = "otel-stack";

/**
 * Rejects another name, which `pulumi new` offers to type: settings in stack files would be ignored without a message.
 *
 * @throws pulumi.RunError
 */
export function assertProjectName(): void {
    const name = pulumi.getProject();
    if (name !== PROJECT_NAME) {
        throw new pulumi.RunError(
            `Pulumi.yaml: name must be ${PROJECT_NAME}, because the keys of settings begin with it (got ${JSON.stringify(name)}). ` +
                "Give each stack a name of its own, for example `pulumi stack init shop-prod`",
        );
    }
}
