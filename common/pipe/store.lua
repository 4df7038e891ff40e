-- store.lua - the moves of PROTOCOL.md section 4 as Redis functions, library `claimline`.
-- store_lua.c puts a head before it: the shebang, VERSION, LEGAL ("from>to") and IC_LEGAL, made from states.def.
-- Every function touches one slot, takes its times from Redis, and answers a flat reply. Bodies never come here.
-- (redis.call and most of Lua are absent while this text is loaded: no local for them outside a function.)

local function now_ms()
	local t = redis.call('TIME')
	return tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)
end

-- a whole number as text: %.17g would do for the sizes we have, this does for all
local function text(n)
	return string.format('%.0f', n)
end

-- the ids of keys[first] and after: an encounter's key ends with its id
local function ids_of(keys, first)
	local ids, sub = {}, string.sub

	for i = first, #keys do
		ids[i - first + 1] = sub(keys[i], -32)
	end
	return ids
end

local function journal(key, header, rows, flags)
	redis.call('XADD', key, '*', 'h', header, 'r', rows, 'f', flags)
end

-- Modes of a new score: L leased, R ready, Q quiet-time deadline (always now + lease), D due or time of entry.
-- What most of a batch gets is made into text once: %.17g for each member costs more than the rest of it.
local function scores_for(mode, now, lease)
	local usual = mode == 'R' and 0 or mode == 'D' and now or now + lease
	local as_text = text(usual)

	if mode == 'R' then
		return function() return as_text end
	elseif mode == 'D' then
		return function(_, due) return due == '0' and as_text or due end
	end
	return function(token) return token < usual and as_text or text(token + 1) end
end

-- The field s is "state/revision", absent for what is as it was admitted.
local function revision_of(s)
	return s and string.match(s, '/(%d+)$') or '0'
end

-- What is known of an encounter: its content hash, which its body or what is left of it begins with, and its state.
-- False: it is not there. A body in no queue was never admitted (its MULTI came half through, as when the library
-- had been flushed): it goes, and the HSETNX that follows brings the new one. Only for what was sent twice.
local function known_as(key, queue)
	local call = redis.call
	local old = call('HMGET', key, 's', 'p', 'm')

	if not old[1] and not call('ZSCORE', (string.gsub(queue, '[^:]+$', 'received')), string.sub(key, -32)) then
		call('HDEL', key, 'p')
		return false
	end
	local head = old[3] or old[2] or ''	-- a head of its own counts: what stands beside it may be a stray
	return string.sub(head, 1, 32), old[1] and string.match(old[1], '^[^/]+') or 'received'
end

-- How many of ids were not in the queue before.
local function enter(queue, score, ids)
	local added = {}

	for i = 1, #ids do
		added[2 * i - 1], added[2 * i] = score, ids[i]
	end
	return redis.call('ZADD', queue, unpack(added))
end

-- keys: queue, journal, encounters
-- args: to, mode, lease, header, rows, hashes (32 digits each, one after the other)
-- answer: now, one flag each (1 new, k known, c conflict), states of those not new
-- The bodies follow as plain HSETNX in the same MULTI: nothing else is written for a new encounter.
local function admit(keys, args)
	local call, to, lease = redis.call, args[1], tonumber(args[3])
	local ids, now = ids_of(keys, 3), now_ms()
	local known = call('EXISTS', unpack(keys, 3)) > 0
	local score = scores_for(args[2], now, lease)(0, '0')

	if not known and to == 'received' and enter(keys[1], score, ids) == #ids then
		local all = string.rep('1', #ids)	-- nearly always: none was there, and none comes twice

		journal(keys[2], args[4], args[5], all)
		return { now, all, '' }
	end
	local flags, states, added, seen, n = {}, {}, {}, {}, 0

	for i = 1, #ids do
		local id, key, flag = ids[i], keys[i + 2], '1'
		local hash, state

		if seen[id] then
			hash, state = seen[id], to
		elseif known then
			hash, state = known_as(key, keys[1])
		end
		if hash then
			flag = hash == string.sub(args[6], 32 * i - 31, 32 * i) and 'k' or 'c'
			states[#states + 1] = state
		else
			added[n + 1], added[n + 2] = score, id
			n = n + 2
			seen[id] = string.sub(args[6], 32 * i - 31, 32 * i)
			if to ~= 'received' then
				call('HSET', key, 's', to .. '/0')
			end
		end
		flags[i] = flag
	end
	flags = table.concat(flags)
	if n > 0 then
		call('ZADD', keys[1], unpack(added))
		journal(keys[2], args[4], args[5], (string.gsub(flags, '[kc]', '0')))
	end
	return { now, flags, table.concat(states, ' ') }
end

-- what both forms of a commit end with: gone and added hold n members
local function move(keys, args, gone, added, flags, now)
	local call = redis.call

	flags = table.concat(flags)
	if #gone > 0 then
		if args[1] ~= args[2] then
			call('ZREM', keys[1], unpack(gone))
		end
		call('ZADD', keys[2], unpack(added))
		journal(keys[3], args[5], args[6], flags)
	end
	return { now, flags }
end

-- keys: queue from, queue to, journal, encounters. args: from, to, mode, lease, header, rows, 'wide' or '';
-- for each: token, new revision, n, n fields and values, and when wide: due, revision to be found or ''
-- answer: now, one flag each (1 moved, 0 refused)
local function commit(keys, args, drop_body)
	local call, to, wide = redis.call, args[2], args[7] == 'wide'
	local flags, gone, added, seen, scores_of, n, at = {}, {}, {}, {}, {}, 0, 8
	local ids, now = ids_of(keys, 4), now_ms()
	local scores, score_of = call('ZMSCORE', keys[1], unpack(ids)), scores_for(args[3], now, tonumber(args[4]))

	for i = 1, #ids do
		local id, key, token, last = ids[i], keys[i + 3], args[at], at + 2 + args[at + 2]
		local ok = scores[i] and not seen[id] and (scores[i] == token or tonumber(scores[i]) == tonumber(token))

		if ok and wide and args[last + 2] ~= '' then
			ok = revision_of(call('HGET', key, 's')) == args[last + 2]
		end
		if ok then
			local score = not wide and scores_of[token] or score_of(tonumber(token), wide and args[last + 1] or '0')

			scores_of[token] = score
			seen[id] = true
			n = n + 1
			gone[n], added[2 * n - 1], added[2 * n] = id, score, id
			call('HSET', key, 's', to .. '/' .. args[at + 1], unpack(args, at + 3, last))
			if drop_body then
				call('HDEL', key, 'p', 'm')
			end
		end
		flags[i] = ok and '1' or '0'
		at = last + (wide and 3 or 1)
	end
	return move(keys, args, gone, added, flags, now)
end

-- The scores of ids, as far as they are `token`; of all when none is given. What one commit leased has one score, so
-- asking for that score is a quarter of the cost of asking each; when too many others have it too, each is asked.
local function scores_in(queue, token, ids)
	local scores, most = {}, 2 * #ids + 64
	local found = token and redis.call('ZRANGEBYSCORE', queue, token, token, 'LIMIT', 0, most)

	if found and #found < most then
		for i = 1, #found do
			scores[found[i]] = token
		end
		return scores
	end
	found = redis.call('ZMSCORE', queue, unpack(ids))
	for i = 1, #ids do
		scores[ids[i]] = found[i] and tonumber(found[i])
	end
	return scores
end

-- k names from args[names] on, each with its value from args[values] on
local function zip(args, names, values, k)
	local out = {}

	for j = 0, k - 1 do
		out[2 * j + 1], out[2 * j + 2] = args[names + j], args[values + j]
	end
	return out
end

-- The form nearly every batch has: all have one revision and bring the same fields, mostly all came with one token,
-- so these are said once (each argument of a function costs as much as a small command).
-- args: from, to, mode, lease, header, rows, 'same', token or '', new revision, n, n names; for each: its token when
-- there was none before, n values
local function commit_same(keys, args)
	local call, token, k, name = redis.call, tonumber(args[8]), tonumber(args[10]), args[11]
	local ids, now = ids_of(keys, 4), now_ms()
	local scores, score_of = scores_in(keys[1], token, ids), scores_for(args[3], now, tonumber(args[4]))
	local state, added, refused, n, at = args[2] .. '/' .. args[9], {}, {}, 0, 11 + k
	local score = token and score_of(token, '0')

	for i = 1, #ids do
		local id, own = ids[i], token

		if not token then
			own, at = tonumber(args[at]), at + 1
		end
		if own and scores[id] == own then
			scores[id] = nil		-- twice in one batch moves once
			n = n + 2
			added[n - 1], added[n] = score or score_of(own, '0'), id
			if k == 1 then
				call('HSET', keys[i + 3], 's', state, name, args[at])
			elseif k == 0 then
				call('HSET', keys[i + 3], 's', state)
			else
				call('HSET', keys[i + 3], 's', state, unpack(zip(args, 11, at, k)))
			end
		else
			refused[i] = true
		end
		at = at + k
	end
	if n == 2 * #ids then
		return move(keys, args, ids, added, { string.rep('1', #ids) }, now)
	end
	local flags, gone = {}, {}
	for i = 1, #ids do
		flags[i] = refused[i] and '0' or '1'
		gone[#gone + 1] = not refused[i] and ids[i] or nil
	end
	return move(keys, args, gone, added, flags, now)
end

local function illegal(args)
	return not LEGAL[args[1] .. '>' .. args[2]] and redis.error_reply('BADMOVE ' .. args[1] .. ' to ' .. args[2])
end

local function advance(keys, args)
	return illegal(args) or (args[7] == 'same' and commit_same(keys, args) or commit(keys, args, false))
end

-- as advance; the body goes, and the HSETNX that follows in the same MULTI brings the new one
local function amend(keys, args)
	return illegal(args) or commit(keys, args, true)
end

-- Beyond this no lease or back-off of now can end: the clock was set back since it was given (store_horizon).
local function beyond(now, horizon)
	return '(' .. text(now + tonumber(horizon))
end

-- up to max members whose time has come, and those whose time would never come
local function overdue_of(queue, now, horizon, max)
	local call = redis.call
	local ids = call('ZRANGEBYSCORE', queue, '-inf', now, 'LIMIT', 0, max)

	if horizon ~= '0' and #ids < max then
		local late = call('ZRANGEBYSCORE', queue, beyond(now, horizon), '+inf', 'LIMIT', 0, max - #ids)

		for i = 1, #late do
			ids[#ids + 1] = late[i]
		end
	end
	return ids
end

-- keys: queue. args: horizon or 0. answer: how many claim would find now
local function due(keys, args)
	local now = now_ms()
	local n = redis.call('ZCOUNT', keys[1], '-inf', now)

	return args[1] == '0' and n or n + redis.call('ZCOUNT', keys[1], beyond(now, args[1]), '+inf')
end

-- keys: queue, queue buried, journal, what the encounters' keys begin with
-- args: state, max, lease, attempts allowed (0: not counted), header of burials, horizon or 0
-- answer: token; for each: id, attempts, or -1: a member without an encounter, which is not in the queue any more
local function claim(keys, args)
	local call = redis.call
	local state, lease, limit = args[1], tonumber(args[3]), tonumber(args[4])
	local now = now_ms()
	local ids = overdue_of(keys[1], now, args[6], tonumber(args[2]))
	local token = now + lease
	local until_then, since = text(token), text(now)
	local out, added, dead, buried, rows, find = { token }, {}, {}, {}, {}, string.find

	for i = 1, #ids do
		local id, key = ids[i], keys[4] .. ids[i]
		local fields = #id == 32 and not find(id, '[^0-9a-f]') and redis.pcall('HLEN', key)
		local is = type(fields) == 'number' and fields > 0
		local tries = is and limit > 0 and call('HINCRBY', key, 'a', 1) or 0

		if not is then
			call('ZREM', keys[1], id)
			out[#out + 1] = id
			out[#out + 1] = -1
		elseif limit > 0 and tries > limit then
			local why = call('HGET', key, 'why')
			local r = text(tonumber(revision_of(call('HGET', key, 's'))) + 1)

			call('HSET', key, 's', 'buried/' .. r, 'bf', state,
				'why', why and why ~= '' and 'E_ATTEMPTS, last: ' .. why or 'E_ATTEMPTS')
			dead[#dead + 1] = id
			buried[#buried + 1] = since
			buried[#buried + 1] = id
			rows[#rows + 1] = id .. ' ' .. r .. ' bury -\n'
		else
			added[#added + 1] = until_then
			added[#added + 1] = id
			out[#out + 1] = id
			out[#out + 1] = tries
		end
	end
	if #added > 0 then
		call('ZADD', keys[1], unpack(added))
	end
	if #dead > 0 then
		call('ZREM', keys[1], unpack(dead))
		call('ZADD', keys[2], unpack(buried))
		journal(keys[3], args[5], table.concat(rows), string.rep('1', #dead))
	end
	return out
end

-- keys: queue. args: lease; for each: token, id. answer: now, flags
local function extend(keys, args)
	local call = redis.call
	local now, lease = now_ms(), tonumber(args[1])
	local flags, added = {}, {}

	for i = 2, #args, 2 do
		local score, token = call('ZSCORE', keys[1], args[i + 1]), tonumber(args[i])
		local ok = score and tonumber(score) == token

		if ok then
			added[#added + 1] = math.max(now + lease, token + 1)
			added[#added + 1] = args[i + 1]
		end
		flags[#flags + 1] = ok and '1' or '0'
	end
	if #added > 0 then
		call('ZADD', keys[1], unpack(added))
	end
	return { now, table.concat(flags) }
end

-- keys: queue, encounters. args: delay, 1 to take back the attempt; for each: token, reason or ''. answer: now, flags
-- At least 1 ms away, so that the next token differs from the one given back.
local function fail(keys, args)
	local call = redis.call
	local now, ids = now_ms(), ids_of(keys, 2)
	local score = text(now + math.max(1, tonumber(args[1])))
	local scores = call('ZMSCORE', keys[1], unpack(ids))
	local flags, added = {}, {}

	for i = 1, #ids do
		local ok = scores[i] and tonumber(scores[i]) == tonumber(args[2 * i + 1])

		if ok then
			added[#added + 1] = score
			added[#added + 1] = ids[i]
			if args[2 * i + 2] ~= '' then
				call('HSET', keys[i + 1], 'why', args[2 * i + 2])
			end
			if args[2] == '1' and tonumber(call('HGET', keys[i + 1], 'a') or 0) > 0 then
				call('HINCRBY', keys[i + 1], 'a', -1)
			end
		end
		flags[i] = ok and '1' or '0'
	end
	if #added > 0 then
		call('ZADD', keys[1], unpack(added))
	end
	return { now, table.concat(flags) }
end

-- keys: ctl, open, journal, what the interchanges' keys begin with
-- args: partner, lease, header, n, members, name of the last number. answer: number, time, token
local function reserve(keys, args)
	local call = redis.call
	local now, n = now_ms(), 0

	for _ = 1, 1000 do			-- after a wrap, pass by what is still kept
		n = call('HINCRBY', keys[1], 'isa', 1)
		if n > 999999999 then
			n = 1
			call('HSET', keys[1], 'isa', n)
		end
		if call('EXISTS', keys[4] .. text(n)) == 0 then
			break
		end
		n = 0
	end
	if n == 0 then
		return redis.error_reply('NONUMBER 1000 control numbers in a row are in use')
	end
	local token = now + tonumber(args[2])

	call('HSET', keys[4] .. text(n), 'st', 'reserved', 'm', args[5], 'tm', text(now), 'n', args[4])
	call('ZADD', keys[2], token, text(n))
	journal(keys[3], args[3], args[1] .. ' ' .. text(n) .. ' ' .. args[4] .. ' - -\n', '1')
	return { n, now, token }
end

-- keys: interchange, open, journal. args: number, state, token, header, row, n, members, sha, name, 1 to stay in open
-- answer: 1 stored, 0 lost to another, 2 no such move or other bytes, 3 no such interchange
local function update(keys, args)
	local call = redis.call
	local old = call('HMGET', keys[1], 'st', 'sha')
	local score = call('ZSCORE', keys[2], args[1])

	if not old[1] then
		return 3
	end
	if score and tonumber(score) ~= tonumber(args[3]) then
		return 0
	end
	if not IC_LEGAL[old[1] .. '>' .. args[2]] or (old[2] and args[8] ~= '' and old[2] ~= args[8]) then
		return 2
	end
	if old[1] == args[2] and args[2] ~= 'reserved' then
		return 1			-- sent again after a lost reply
	end
	call('HSET', keys[1], 'st', args[2], 'm', args[7], 'n', args[6])
	if args[8] ~= '' then
		call('HSET', keys[1], 'sha', args[8], 'name', args[9])
	end
	if args[10] ~= '1' then
		call('ZREM', keys[2], args[1])
	end
	journal(keys[3], args[4], args[5], '1')
	return 1
end

-- keys: open. args: lease, horizon. answer: number, token; empty when nothing is due
local function overdue(keys, args)
	local now = now_ms()
	local ids = overdue_of(keys[1], now, args[2], 1)

	if not ids[1] then
		return {}
	end
	redis.call('ZADD', keys[1], now + tonumber(args[1]), ids[1])
	return { ids[1], now + tonumber(args[1]) }
end

-- keys: peers. args: instance, endpoint or '' to leave
local function peer(keys, args)
	local call = redis.call
	if args[2] == '' then
		return call('HDEL', keys[1], args[1])
	end
	call('HSET', keys[1], args[1], args[2] .. '|' .. text(now_ms()))
	return 1
end

-- keys: the right. args: instance, ms. answer: 1 ours, 0 another's
local function right(keys, args)
	local call = redis.call
	local who = call('GET', keys[1])

	if who and who ~= args[1] then
		return 0
	end
	call('SET', keys[1], args[1], 'PX', args[2])
	return 1
end

-- What a body begins with (store_common.c, store_body), or nothing when its head stands beside it.
local function head_of(p)
	local _, n, a, b, c = string.find(p, '^%x+ %-?%d+ %-?%d+ %-?%d+ (%d+) (%d+) (%d+) ')

	return n and string.sub(p, 1, n + a + b + c)
end

-- keys: queue, encounters. args: state, k, k names of fields; for each: the revision to be found
-- answer: one flag each (1 cold now, 0 refused). The new score refuses whoever read the body before it went.
local function cool(keys, args)
	local call, k, ids = redis.call, tonumber(args[2]), ids_of(keys, 2)
	local scores, flags = call('ZMSCORE', keys[1], unpack(ids)), {}

	for i = 1, #ids do
		local key, r = keys[i + 1], args[2 + k + i]
		local is = call('HMGET', key, 's', 'c')
		local ok = scores[i] and is[1] == args[1] .. '/' .. r

		if ok and (is[2] or '-') < '0' then		-- no revision
			local head = head_of(call('HGET', key, 'p') or '')

			call('HDEL', key, unpack(args, 3, 2 + k))
			call('HSET', key, 'c', r, unpack(head and { 'm', head } or {}))
			call('ZADD', keys[1], text(tonumber(scores[i]) + 1), ids[i])
		end
		flags[i] = ok and '1' or '0'
	end
	return table.concat(flags)
end

-- keys: encounter. An empty c says that its body has come back from the archive: it stays
local function stray(keys)
	return redis.call('HGET', keys[1], 'c') ~= '' and redis.call('HDEL', keys[1], 'p') or 0
end

-- keys: encounter. answer: when it arrived, or ''
local function arrival(keys)
	local head = redis.call('HGET', keys[1], 'm') or redis.call('HGET', keys[1], 'p') or ''

	return string.match(string.sub(head, 1, 64), '^%x+ (%d+) ') or ''
end

local function version()
	return VERSION
end

redis.register_function('cl_admit', admit)
redis.register_function('cl_advance', advance)
redis.register_function('cl_amend', amend)
redis.register_function('cl_claim', claim)
redis.register_function('cl_extend', extend)
redis.register_function('cl_fail', fail)
redis.register_function('cl_reserve', reserve)
redis.register_function('cl_ic', update)
redis.register_function('cl_ic_claim', overdue)
redis.register_function('cl_peer', peer)
-- a full Redis is emptied by the writer of ledger and archive, which needs these for that
redis.register_function{ function_name = 'cl_right', callback = right, flags = { 'allow-oom' } }
redis.register_function{ function_name = 'cl_cool', callback = cool, flags = { 'allow-oom' } }
redis.register_function{ function_name = 'cl_stray', callback = stray, flags = { 'allow-oom' } }
redis.register_function{ function_name = 'cl_arrival', callback = arrival, flags = { 'no-writes' } }
redis.register_function{ function_name = 'cl_due', callback = due, flags = { 'no-writes' } }
redis.register_function{ function_name = 'cl_version', callback = version, flags = { 'no-writes', 'allow-stale' } }
