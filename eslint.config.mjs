import js from "@eslint/js";
import prettier from "eslint-config-prettier";
import tseslint from "typescript-eslint";

export default tseslint.config(
    { ignores: ["node_modules/", "bin/", "shop/dist/"] },
    js.configs.recommended,
    {
        files: ["examples/**/*.js"],
        languageOptions: { globals: { console: "readonly", performance: "readonly", process: "readonly" } },
    },
    { files: ["**/*.cjs"], languageOptions: { globals: { __dirname: "readonly", process: "readonly" } } },
    {
        files: ["**/*.ts"],
        extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
        languageOptions: { parserOptions: { project: "./tsconfig.json", tsconfigRootDir: import.meta.dirname } },
        rules: {
            // A resource's constructor registers it with Pulumi: made for that alone, it is not unused.
            "no-new": "off",
            "@typescript-eslint/no-floating-promises": ["error", { ignoreVoid: false }],
            // Outputs stay out: strictTypeChecked refuses every object in a template string; numbers read well there.
            "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
            "@typescript-eslint/consistent-type-imports": "error",
            "@typescript-eslint/explicit-module-boundary-types": "error",
            "@typescript-eslint/switch-exhaustiveness-check": "error",
            "no-restricted-syntax": [
                "error",
                { selector: "TSEnumDeclaration", message: "Use a union of string literals." },
                { selector: "ExportDefaultDeclaration", message: "Export by name." },
                { selector: "ExportAllDeclaration", message: "No barrel files: import from the module itself." },
            ],
        },
    },
    {
        files: ["tests/**/*.ts"],
        rules: {
            // mocha's describe and it return nothing worth awaiting.
            "@typescript-eslint/no-floating-promises": "off",
        },
    },
    prettier,
);
