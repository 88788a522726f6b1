// The parts of the reference that no kind says: what a file is, and what links and ports are.
export const INTRODUCTION = `<!-- Made by \`npm run schema\` from the table of kinds in src/kinds. Edit the descriptions there. -->

# The topology file

One YAML file says what a host's network is to be: links, bridges, namespaces, addresses, routes, tunnels, NAT, kernel settings.
\`netplan-ovs plan FILE\` shows what is missing, \`apply\` makes it so. For completion in an editor begin the file with

\`\`\`yaml
# yaml-language-server: $schema=https://unpkg.com/netplan-ovs/schemas/topology.schema.json
version: 1
\`\`\`

or with the path of \`schemas/topology.schema.json\`, which \`netplan-ovs schema\` prints, too.

**Bodies.** A network namespace is a *body*. The host's own is the top of the file; \`namespaces\` holds further ones, each with
exactly the same sections. Names are unique within a body, as they are in the kernel.

**Whose it is.** What the file makes (bridges, veths, tunnels, namespaces…) is *owned*: it is marked as this topology's, what the file
does not say about it has its default, and what the file no longer lists is removed. What exists without the file (\`interfaces\`,
\`namespaces\` with \`from\`) is *adopted*: only what the file says is set, and when the line goes the value from before comes back.
Everything else is foreign and never touched; a name that a foreign thing holds is an error.

**What a change costs** stands with each field as one of these words, and in every plan:

| word      | in a plan    | meaning                                                                                                        |
| --------- | ------------ | -------------------------------------------------------------------------------------------------------------- |
| _live_    | \`~\`          | changes in place, nothing is interrupted                                                                         |
| _flap_    | \`~ [flap]\`   | changes in place, traffic through it may stop for a moment                                                       |
| _reset_   | \`~ [gap]\`    | changes in place, but what hangs on it is lost and made again: a link that goes down loses its routes            |
| _replace_ | \`± [gap]\`    | cannot change in place: it is made anew, with all that depends on it (addresses, routes, membership of a bridge) |

**Anchors.** Keys that begin with \`x-\` are ignored everywhere: they are places for YAML anchors (\`x-veth: &veth {mtu: 9000}\`, then
\`<<: *veth\`).
`;

export const LINKS = `Interfaces, bridges, both ends of a veth, VLANs, bonds, macvlans, taps, tunnels, patches and their like are links. These words say the same of every one of them,
except that patches, tunnels and bonds of Open vSwitch have no device that could have an address.

\`\`\`yaml
interfaces:
  eth0:
    mtu: 9000
    addresses: [192.0.2.10/24, "2001:db8::10/64"]
    routes: [{to: default, via: 192.0.2.1}]
    accept-ra: false
\`\`\`

`;

export const PORTS = `A link that names a \`bridge\` is a port of it, and takes these words. Where a Linux bridge and one of Open vSwitch differ, it says so.

\`\`\`yaml
bridges:
  br0: {type: ovs}
interfaces:
  eth1: {bridge: br0, trunks: [10, 20-29], native-tag: 1}
  eth2: {bridge: br0, tag: 10}
\`\`\`

`;
