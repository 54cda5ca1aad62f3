int square(int x) { return x * x; }
System.out.println(IntStream.range(0, 10).map(i -> square(i)).sum());
record Point(int x, int y) { }
System.out.println(new Point(3, 4));
1 / 0
var list = List.of("b", "a");
System.out.println(list.stream().sorted().collect(Collectors.joining(",")));
System.out.println(System.getProperty("os.arch"));
/exit
