# Erlang's JIT: processes, sockets, ports and tables.
cat >program.erl <<'L'
-module(program).
-export([main/0]).

fib(N) when N < 2 -> N;
fib(N) -> fib(N - 1) + fib(N - 2).

main() ->
    Parent = self(),
    [spawn(fun() -> Parent ! {I, lists:sum(lists:seq(1, I * 1000))} end) || I <- lists:seq(1, 200)],
    Sums = lists:sort([receive Pair -> Pair end || _ <- lists:seq(1, 200)]),
    io:format("~p ~p ~p~n", [erlang:system_info(emu_flavor), erlang:phash2(Sums), fib(22)]),
    {ok, Listener} = gen_tcp:listen(0, [binary, {active, false}, {ip, {127, 0, 0, 1}}]),
    {ok, Port} = inet:port(Listener),
    spawn(fun() -> {ok, Client} = gen_tcp:connect({127, 0, 0, 1}, Port, [binary]), gen_tcp:send(Client, <<"hello">>), gen_tcp:close(Client) end),
    {ok, Socket} = gen_tcp:accept(Listener),
    {ok, Data} = gen_tcp:recv(Socket, 5),
    io:format("~p ~s", [Data, os:cmd("uname -m")]),
    ets:new(table, [named_table]),
    [ets:insert(table, {I, I * I}) || I <- lists:seq(1, 10000)],
    io:format("~p~n", [ets:foldl(fun({_, V}, Sum) -> Sum + V end, 0, table)]),
    init:stop().
L
$RUN /usr/bin/erlc program.erl && $RUN /usr/bin/erl -noshell -s program main </dev/null
