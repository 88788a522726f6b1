// Links that take what another link receives (macvlans, ipvlans): what one takes in, the names of the places it has upon that link out.
import { placeOn } from '../kind.js';

/** What such a link takes. `macvlan`: what is for its MAC address; `passthru`: all; `ipvlan MODE FLAGS`: what is for its IP addresses. */
export type Place = string;

const PLACES: readonly Place[] = [
  'macvlan',
  'passthru',
  ...['l2', 'l3', 'l3s'].flatMap((mode) =>
    ['bridge', 'private', 'vepa'].map((flags) => `ipvlan ${mode} ${flags}`),
  ),
];

/**
 * Whether two can stand upon one link. It gives what it receives to one driver alone (netdev_rx_handler_register); that of macvlan
 * has nobody beside one that takes all (macvlan_common_newlink), and all ipvlans upon a link have the mode and the flags of
 * the one that came last (ipvlan_set_port_mode, ipvlan_link_new).
 */
export const canStandBeside = (one: Place, other: Place): boolean => one === other && one !== 'passthru';

/** The names that it provides. All of ours share one, so that what goes goes before another comes. */
export function placesUpon(body: string, device: string | null, place: Place, isOurs: boolean): string[] {
  if (device === null) return [];
  const places = isOurs ? ['ours', place] : PLACES.filter((other) => !canStandBeside(place, other));
  return places.map((name) => placeOn(body, device, name));
}
