// The library: what other programs may import, and nothing else.
export {};
