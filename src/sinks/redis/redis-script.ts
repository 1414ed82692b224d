/**
 * The script that commits a batch of the Redis sink: Redis runs it whole, alone, and once for a marker. It checks everything before it writes
 * anything, because what a script has written is not taken back.
 *
 * KEYS: marker, target, set of the hashes of the last complete result, then the staged chunks. ARGV: batch, digest, epoch, the marker that is
 * expected (`batch/digest/epoch`), data type, whether the result is complete, time to live in ms (0: none), length of a stream (0: all), time
 * to live of the marker (0: none), then the first chunks, which were not staged. Answers OK; DONE when the marker is of this batch already;
 * MOVED when another run has written since; UNSTAGED when a chunk is missing; TYPE and the key when something else is there.
 */
export const COMMIT = `
local marker = redis.call('HMGET', KEYS[1], 'batch', 'digest', 'epoch')
for i = 1, 3 do marker[i] = marker[i] or '' end
if marker[1] == ARGV[1] and marker[2] == ARGV[2] and marker[3] == ARGV[3] then return {'DONE'} end
if table.concat(marker, '/') ~= ARGV[4] then return {'MOVED'} end
local kind, ttl, maxLength = ARGV[5], tonumber(ARGV[7]), tonumber(ARGV[8])
local types = {hash = 'hash', stream = 'stream', sortedSet = 'zset'}
local function isFree(key)
  local found = redis.call('TYPE', key).ok
  return found == 'none' or found == types[kind]
end
local chunks = {}
for i = 10, #ARGV do chunks[#chunks + 1] = ARGV[i] end
for i = 4, #KEYS do
  local chunk = redis.call('GET', KEYS[i])
  if not chunk then return {'UNSTAGED'} end
  chunks[#chunks + 1] = chunk
end
local formats = {}
local function eachRow(work)
  for _, chunk in ipairs(chunks) do
    local at = 1
    while at <= #chunk do
      local size, count, first = struct.unpack('>I4I4', chunk, at)
      local refused = work(chunk, first, count)
      if refused then return refused end
      at = at + 4 + size
    end
  end
end
if kind == 'hash' then
  local refused = eachRow(function(chunk, at)
    local key = struct.unpack('>I4c0', chunk, at)
    if not isFree(key) then return key end
  end)
  if refused then return {'TYPE', refused} end
elseif not isFree(KEYS[2]) then return {'TYPE', KEYS[2]} end
if ARGV[6] == '1' then
  if kind == 'hash' then
    for _, key in ipairs(redis.call('SMEMBERS', KEYS[3])) do redis.call('UNLINK', key) end
    redis.call('DEL', KEYS[3])
  else redis.call('UNLINK', KEYS[2]) end
end
eachRow(function(chunk, at, count)
  formats[count] = formats[count] or '>' .. string.rep('I4c0', count)
  local parts = {struct.unpack(formats[count], chunk, at)}
  parts[count + 1] = nil
  if kind == 'hash' then
    local last = 2 + tonumber(parts[2])
    if last > 2 then redis.call('HSET', parts[1], unpack(parts, 3, last)) end
    if last < #parts then redis.call('HDEL', parts[1], unpack(parts, last + 1)) end
    if ttl > 0 then redis.call('PEXPIRE', parts[1], ttl) end
    if ARGV[6] == '1' then redis.call('SADD', KEYS[3], parts[1]) end
  elseif kind == 'stream' then
    if maxLength > 0 then redis.call('XADD', KEYS[2], 'MAXLEN', '~', maxLength, '*', unpack(parts))
    else redis.call('XADD', KEYS[2], '*', unpack(parts)) end
  else redis.call('ZADD', KEYS[2], parts[1], parts[2]) end
end)
if ttl > 0 and kind ~= 'hash' then redis.call('PEXPIRE', KEYS[2], ttl) end
redis.call('HSET', KEYS[1], 'batch', ARGV[1], 'digest', ARGV[2], 'epoch', ARGV[3])
if tonumber(ARGV[9]) > 0 then redis.call('PEXPIRE', KEYS[1], ARGV[9]) end
for i = 4, #KEYS do redis.call('UNLINK', KEYS[i]) end
return {'OK'}
`;
