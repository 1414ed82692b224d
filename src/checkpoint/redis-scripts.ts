/**
 * The Lua scripts of the Redis checkpoint. Each checks everything first and writes last, and each may run twice: after a lost connection
 * the same call is sent again. `head` is a hash { format, epoch, seq, batch, digest, committed, queryId }; seq counts the writes, so a
 * server that forgot acknowledged ones (fail-over, appendfsync everysec) is noticed by the next.
 */

/** KEYS: head, index. ARGV: format. Returns {'OK', epoch, seq}, {'ORPHANS', number of entries}, {'UNINDEXED', seq} or {'FORMAT', format}. */
export const ACQUIRE = `
local head = redis.call('HMGET', KEYS[1], 'epoch', 'seq', 'format')
if not head[1] then
  local entries = redis.call('ZCARD', KEYS[2])
  if entries > 0 then return {'ORPHANS', tostring(entries)} end
  redis.call('HSET', KEYS[1], 'format', ARGV[1], 'seq', '0', 'epoch', '1')
  return {'OK', '1', '0'}
end
if head[3] ~= ARGV[1] then return {'FORMAT', head[3] or 'none'} end
if head[2] ~= '0' and redis.call('EXISTS', KEYS[2]) == 0 then return {'UNINDEXED', head[2]} end
return {'OK', tostring(redis.call('HINCRBY', KEYS[1], 'epoch', 1)), head[2]}
`;

/** KEYS: head, chunk, staged. ARGV: epoch, bytes. Writes a chunk of an entry to come. Returns {'OK'}, {'FENCED', epoch} or {'MISSING'}. */
export const STAGE = `
local epoch = redis.call('HGET', KEYS[1], 'epoch')
if not epoch then return {'MISSING'} end
if epoch ~= ARGV[1] then return {'FENCED', epoch} end
redis.call('ZADD', KEYS[3], 0, KEYS[2])
redis.call('SET', KEYS[2], ARGV[2])
return {'OK'}
`;

/**
 * KEYS: head, entry, index, staged, then the entry's chunks. ARGV: epoch, seq expected, value, name, 'create' or 'write', then fields and
 * values for head. Returns {'OK', seq}, {'EXISTS'}, {'FENCED', epoch}, {'MISSING'} or {'REGRESSED', seq}.
 */
export const PUT = `
local head = redis.call('HMGET', KEYS[1], 'epoch', 'seq')
if not head[1] then return {'MISSING'} end
if head[1] ~= ARGV[1] then return {'FENCED', head[1]} end
local old = redis.call('GET', KEYS[2])
if old and old == ARGV[3] then
  redis.call('HSET', KEYS[1], 'seq', head[2])
  return {'OK', head[2]}
end
if head[2] ~= ARGV[2] then return {'REGRESSED', head[2]} end
if old and ARGV[5] == 'create' then return {'EXISTS'} end
for i = 5, #KEYS do
  if redis.call('EXISTS', KEYS[i]) == 0 then return {'REGRESSED', head[2] .. ' without its chunks'} end
end
redis.call('SET', KEYS[2], ARGV[3])
redis.call('ZADD', KEYS[3], 0, ARGV[4])
for i = 5, #KEYS do redis.call('ZREM', KEYS[4], KEYS[i]) end
local seq = tostring(tonumber(ARGV[2]) + 1)
redis.call('HSET', KEYS[1], 'seq', seq, unpack(ARGV, 6))
return {'OK', seq}
`;

/** KEYS: head, entry, index. ARGV: name. Returns {epoch, value, 'indexed' or ''}, the first two empty where there is none. */
export const GET = `
local epoch = redis.call('HGET', KEYS[1], 'epoch')
local value = redis.call('GET', KEYS[2])
local score = redis.call('ZSCORE', KEYS[3], ARGV[1])
return {epoch or '', value or '', score and 'indexed' or ''}
`;

/** KEYS: head, index, then keys. ARGV: epoch, then names. Returns {'OK'}, {'FENCED', epoch} or {'MISSING'}. */
export const DELETE = `
local epoch = redis.call('HGET', KEYS[1], 'epoch')
if not epoch then return {'MISSING'} end
if epoch ~= ARGV[1] then return {'FENCED', epoch} end
for i = 2, #ARGV do redis.call('ZREM', KEYS[2], ARGV[i]) end
for i = 3, #KEYS do redis.call('UNLINK', KEYS[i]) end
return {'OK'}
`;
