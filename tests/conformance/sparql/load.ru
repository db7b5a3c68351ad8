LOAD <http://example.org/>
