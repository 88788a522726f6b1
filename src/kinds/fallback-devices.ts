// Tunnel devices that are the kernel's own: names.

/** Made by the kernel in every new namespace as soon as the module of their kind is loaded (net.core.fb_tunnels_only_for_init_net). */
export const FALLBACK_DEVICES: ReadonlySet<string> = new Set(
  'tunl0 gre0 gretap0 erspan0 ip_vti0 ip6_vti0 sit0 ip6tnl0 ip6gre0'.split(' '),
);
