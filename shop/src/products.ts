export interface Product {
    readonly id: string;
    readonly name: string;
    /** In euro. */
    readonly price: number;
}

export const PRODUCTS: readonly Product[] = [
    { id: "telescope", name: "Telescope", price: 249 },
    { id: "compass", name: "Compass", price: 19 },
    { id: "lantern", name: "Lantern", price: 35 },
    { id: "star-map", name: "Star map", price: 12 },
];
