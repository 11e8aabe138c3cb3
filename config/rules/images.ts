import { resolveCredentials } from "../model/images";
import { type LocatedIssue, NAME_PATTERN, type Rule, describeDuplicate } from "./rule";

const CREDENTIALS = "images.credentials";

const credentialsRule: Rule = {
    key: CREDENTIALS,
    check: ({ images }) =>
        Object.entries(images.credentials).flatMap(([name, credentials]): LocatedIssue[] => {
            const key = `${CREDENTIALS}.${name}`;
            if (!NAME_PATTERN.test(name)) {
                return [
                    {
                        key,
                        message:
                            "must have a name of at most 30 characters: a-z, 0-9 and single hyphens, with a letter or digit at both ends; the name is free, and the host belongs into registry",
                    },
                ];
            }
            return [
                ...(credentials.registry === undefined && images.registry === undefined
                    ? [
                          {
                              key: `${key}.registry`,
                              message:
                                  "must be set to the registry of the credentials, because images.registry is not set",
                          },
                      ]
                    : []),
                ...(credentials.username === undefined
                    ? [{ key: `${key}.username`, message: "must be set; credentials are a user name and a password" }]
                    : []),
                ...(credentials.password === undefined
                    ? [
                          {
                              key: `${key}.password`,
                              message: `must be set; run \`pulumi config set --secret --path otel-stack:${key}.password\` and enter the password or token`,
                          },
                      ]
                    : []),
            ];
        }),
};

export const imageRules: readonly Rule[] = [
    {
        key: "images.shop",
        check: ({ shop, images }) =>
            shop.enabled && images.shop === undefined
                ? "must be set with shop.enabled; build the image with `docker build -t REGISTRY/shop:1.0.0 shop`, push it, and set its name"
                : undefined,
    },
    credentialsRule,
    {
        key: CREDENTIALS,
        check: ({ images }) =>
            describeDuplicate(
                "registry",
                resolveCredentials(images)
                    .filter(({ registry }) => registry !== "")
                    .map(({ name, registry }) => [name, registry]),
            ),
    },
];
