/** What docker-compose.yml is written for and this version does not have yet: relay and projectors. */
export const awaited = {
  settings: ['VOUCH_LOG_PARTITIONS', 'VOUCH_GENERATION'],
  bins: ['services/relay/bin/vouch-relay.mjs', 'services/projector/bin/vouch-projector.mjs'],
  metrics: [
    'vouch_projector_events_total',
    'vouch_projector_failures_total',
    'vouch_projector_partitions',
    'vouch_relay_events_total',
    'vouch_relay_lag_seconds',
    'vouch_relay_position',
  ],
}
